// Command apiserver is a Kubernetes API server on loopback, as Kubernetes builds it, over an etcd in the same process.
//
// It prints a kubeconfig up to a line of three hyphens, as the simulator's example `serve` does, and ends with the standard input.
// The context `admin` may do everything; the contexts `one` and `two` are users who may do what RBAC grants them, and who are
// otherwise alike. Nothing schedules, nothing runs: there are no controllers and no nodes but those that somebody writes.
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/version"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"
)

// patience is how long the server may take to be ready.
const patience = 2 * time.Minute

func main() {
	claimed := flag.String("version", "", "the version to claim: the real one with something after it, as providers do")
	flag.Parse()
	klog.SetOutput(os.Stderr)
	if err := serve(*claimed); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func serve(claimed string) error {
	if claimed != "" {
		if err := version.SetDynamicVersion(claimed); err != nil {
			return err
		}
	}
	dir, err := os.MkdirTemp("", "apiserver-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	store, err := startEtcd(dir)
	if err != nil {
		return fmt.Errorf("etcd: %w", err)
	}
	defer store.Close()

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	completed, err := configure(dir, store.Clients[0].Addr().String(), listener)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- app.Run(ctx, completed) }()

	ready := make(chan error, 1)
	go func() { ready <- awaitReady(ctx, listener.Addr().String()) }()
	select {
	case err := <-ended:
		return fmt.Errorf("the server ended: %w", err)
	case err := <-ready:
		if err != nil {
			return err
		}
	}
	fmt.Printf("%s---\n", kubeconfig(listener.Addr().String()))

	left := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(left)
	}()
	select {
	case err := <-ended:
		return fmt.Errorf("the server ended: %w", err)
	case <-left:
		// What is stored is thrown away, so that nobody waits for connections to drain.
		return nil
	}
}

// startEtcd starts a store on free ports of loopback, which trusts its disk: it is never started again.
func startEtcd(dir string) (*embed.Etcd, error) {
	anywhere := url.URL{Scheme: "http", Host: "127.0.0.1:0"}
	config := embed.NewConfig()
	config.Dir = filepath.Join(dir, "etcd")
	config.UnsafeNoFsync = true
	config.LogLevel = "error"
	config.ListenClientUrls, config.AdvertiseClientUrls = []url.URL{anywhere}, []url.URL{anywhere}
	config.ListenPeerUrls, config.AdvertisePeerUrls = []url.URL{anywhere}, []url.URL{anywhere}
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	store, err := embed.StartEtcd(config)
	if err != nil {
		return nil, err
	}
	select {
	case <-store.Server.ReadyNotify():
		return store, nil
	case <-time.After(patience):
		store.Close()
		return nil, errors.New("not ready in time")
	}
}

// configure says what is not as a server has it by itself: addresses, keys that are thrown away, users.
func configure(dir, etcd string, listener net.Listener) (options.CompletedOptions, error) {
	key, err := writeKey(filepath.Join(dir, "service-accounts.pem"))
	if err != nil {
		return options.CompletedOptions{}, err
	}
	users, err := writeUsers(filepath.Join(dir, "users.csv"))
	if err != nil {
		return options.CompletedOptions{}, err
	}
	o := options.NewServerRunOptions()
	o.Etcd.StorageConfig.Transport.ServerList = []string{"http://" + etcd}
	o.SecureServing.Listener = listener
	o.SecureServing.BindAddress = net.IPv4(127, 0, 0, 1)
	o.SecureServing.BindPort = listener.Addr().(*net.TCPAddr).Port
	o.SecureServing.ExternalAddress = net.IPv4(127, 0, 0, 1)
	o.SecureServing.ServerCert.CertDirectory = dir
	o.ServiceClusterIPRanges = "10.0.0.0/16"
	// It would want an address that is not of loopback.
	o.EndpointReconcilerType = "none"
	o.ServiceAccountSigningKeyFile = key
	o.Authentication.ServiceAccounts.Issuers = []string{"https://kubernetes.default.svc"}
	o.Authentication.ServiceAccounts.KeyFiles = []string{key}
	o.Authentication.TokenFile.TokenFile = users
	o.Authorization.Modes = []string{"RBAC"}
	// Pods need an account, which a controller would make.
	o.Admission.GenericAdmission.DisablePlugins = []string{"ServiceAccount"}
	if err := o.GenericServerRunOptions.ComponentGlobalsRegistry.Set(); err != nil {
		return options.CompletedOptions{}, err
	}
	completed, err := o.Complete(context.Background())
	if err != nil {
		return completed, err
	}
	return completed, errors.Join(completed.Validate()...)
}

func writeKey(path string) (string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return "", err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})
	return path, os.WriteFile(path, text, 0o600)
}

// writeUsers writes who is known by which token; the server is gone before anybody could guess them.
func writeUsers(path string) (string, error) {
	text := "admin,admin,1,system:masters\none,one,2\ntwo,two,3\n"
	return path, os.WriteFile(path, []byte(text), 0o600)
}
