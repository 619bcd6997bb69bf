// Runs the library that ktel replaces, once, as the controllers that embed it do: a manager with the workflows
// identify-platform, cluster-state, mesh-detect and state, and a consumer that serializes with semicolons.
//
// Prints the line, and behind it one line of JSON with the memory that the report cost this process.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/go-logr/logr"
	"github.com/kong/kubernetes-telemetry/pkg/forwarders"
	"github.com/kong/kubernetes-telemetry/pkg/provider"
	"github.com/kong/kubernetes-telemetry/pkg/serializers"
	"github.com/kong/kubernetes-telemetry/pkg/telemetry"
	"github.com/kong/kubernetes-telemetry/pkg/types"
	apitypes "k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"
)

const (
	signal = "kic-ping"
	// What the ingress controller allows itself by default: --apiserver-qps and --apiserver-burst.
	queriesPerSecond = 100
	queriesAtOnce    = 300
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "the kubeconfig `FILE`")
	pod := flag.String("pod", "", "the pod of the controller, `NAMESPACE/NAME`; without it meshes are not looked for")
	publishService := flag.String("publish-service", "", "the Service of the gateway, `NAMESPACE/NAME`")
	version := flag.String("version", "", "the version of the controller")
	patience := flag.Duration("patience", 5*time.Minute, "how long a report may take")
	flag.Parse()
	if err := run(*kubeconfig, *pod, *publishService, *version, *patience); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(kubeconfig, pod, publishService, version string, patience time.Duration) error {
	ctrllog.SetLogger(logr.Discard())
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	config.QPS, config.Burst = queriesPerSecond, queriesAtOnce
	manager, err := newManager(config, pod, publishService, version, patience)
	if err != nil {
		return err
	}
	lines := make(chan []byte)
	consumer := telemetry.NewConsumer(serializers.NewSemicolonDelimited(), forwarders.NewChannelForwarder(lines))
	defer consumer.Close()
	if err := manager.AddConsumer(consumer); err != nil {
		return err
	}
	if err := manager.Start(); err != nil {
		return err
	}
	defer manager.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := manager.TriggerExecute(ctx, signal); err != nil {
		return err
	}
	select {
	case line := <-lines:
		fmt.Print(string(line))
	case <-ctx.Done():
		return ctx.Err()
	}
	return tell()
}

// The workflows that the controllers add. What they add of their own to the library's is not the library's.
func newManager(config *rest.Config, pod, publishService, version string, period time.Duration) (telemetry.Manager, error) {
	typed, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	objects, err := metadata.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	cluster, err := client.New(config, client.Options{})
	if err != nil {
		return nil, err
	}
	// A workflow has the period as its deadline.
	manager, err := telemetry.NewManager(signal, telemetry.OptManagerLogger(logr.Discard()), telemetry.OptManagerPeriod(period))
	if err != nil {
		return nil, err
	}
	platform, err := telemetry.NewIdentifyPlatformWorkflow(typed)
	if err != nil {
		return nil, err
	}
	manager.AddWorkflow(platform)
	counts, err := telemetry.NewClusterStateWorkflow(objects, cluster.RESTMapper())
	if err != nil {
		return nil, err
	}
	manager.AddWorkflow(counts)
	if pod != "" {
		meshes, err := telemetry.NewMeshDetectWorkflow(cluster, named(pod), named(publishService))
		if err != nil {
			return nil, err
		}
		manager.AddWorkflow(meshes)
	}
	state, err := telemetry.NewStateWorkflow()
	if err != nil {
		return nil, err
	}
	if version != "" {
		fixed, err := provider.NewFixedValueProvider("payload", types.ProviderReport{"v": version})
		if err != nil {
			return nil, err
		}
		state.AddProvider(fixed)
	}
	manager.AddWorkflow(state)
	return manager, nil
}

func named(text string) apitypes.NamespacedName {
	namespace, name, _ := strings.Cut(text, "/")
	return apitypes.NamespacedName{Namespace: namespace, Name: name}
}

// What this process alone knows of what it cost.
func tell() error {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	peak, err := kibibytes("VmHWM")
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"peak_kib":      peak,
		"allocations":   memory.Mallocs,
		"allocated_kib": memory.TotalAlloc / 1024,
	})
}

// A figure of this process's memory, as the kernel tells it.
func kibibytes(name string) (int, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if rest, found := strings.CutPrefix(line, name+":"); found {
			var figure int
			_, err := fmt.Sscan(rest, &figure)
			return figure, err
		}
	}
	return 0, fmt.Errorf("%s is not told", name)
}
