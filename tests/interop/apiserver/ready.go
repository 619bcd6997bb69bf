package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// awaitReady asks until the server says that it is ready.
func awaitReady(ctx context.Context, address string) error {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	// The certificate was made a moment ago, for this process alone.
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	defer client.CloseIdleConnections()
	pause := time.NewTicker(100 * time.Millisecond)
	defer pause.Stop()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+address+"/readyz", nil)
		if err != nil {
			return err
		}
		request.Header.Set("Authorization", "Bearer admin")
		if response, err := client.Do(request); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the server is not ready: %w", ctx.Err())
		case <-pause.C:
		}
	}
}

// kubeconfig leads here, with a context for each user.
func kubeconfig(address string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "apiVersion: v1\nkind: Config\ncurrent-context: admin\nclusters:\n")
	fmt.Fprintf(&text, "- { name: real, cluster: { server: 'https://%s', insecure-skip-tls-verify: true } }\n", address)
	for _, list := range []struct{ name, row string }{
		{"users", "- { name: %[1]s, user: { token: %[1]s } }\n"},
		{"contexts", "- { name: %[1]s, context: { cluster: real, user: %[1]s } }\n"},
	} {
		fmt.Fprintf(&text, "%s:\n", list.name)
		for _, user := range []string{"admin", "one", "two"} {
			fmt.Fprintf(&text, list.row, user)
		}
	}
	return text.String()
}
