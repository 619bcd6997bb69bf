// Stands between a client and an API server, passes everything on as it is, and counts requests and the bytes of the answers
// as they go over the wire.
//
// Prints a kubeconfig that leads to it, then `---`, and for each line on the standard input what was counted since the last one.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"sync/atomic"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

const kubeconfig = `apiVersion: v1
kind: Config
current-context: counted
contexts: [{ name: counted, context: { cluster: counted, user: counted } }]
clusters: [{ name: counted, cluster: { server: 'http://%s' } }]
users: [{ name: counted, user: {} }]
---
`

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type countedBody struct {
	io.ReadCloser
	bytes *atomic.Int64
}

func (b *countedBody) Read(into []byte) (int, error) {
	n, err := b.ReadCloser.Read(into)
	b.bytes.Add(int64(n))
	return n, err
}

func run(path string) error {
	config, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil {
		return err
	}
	// Whether an answer is compressed is between the client and the server.
	config.DisableCompression = true
	transport, err := rest.TransportFor(config)
	if err != nil {
		return err
	}
	upstream, err := url.Parse(config.Host)
	if err != nil {
		return err
	}
	var requests, bytes atomic.Int64
	proxy := &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(request *httputil.ProxyRequest) {
			requests.Add(1)
			request.SetURL(upstream)
		},
		ModifyResponse: func(response *http.Response) error {
			response.Body = &countedBody{response.Body, &bytes}
			return nil
		},
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go http.Serve(listener, proxy)
	fmt.Printf(kubeconfig, listener.Addr())
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		counted := map[string]int64{"requests": requests.Swap(0), "bytes": bytes.Swap(0)}
		if err := json.NewEncoder(os.Stdout).Encode(counted); err != nil {
			return err
		}
	}
	return lines.Err()
}
