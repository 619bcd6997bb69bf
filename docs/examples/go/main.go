// SPDX-License-Identifier: Apache-2.0

// How a controller in Go tells what only it knows to a `ktel agent` beside it.
//
//	go run . -listen 127.0.0.1:8080
//	ktel agent --facts http://127.0.0.1:8080/telemetry …
//
// In a controller, Telemetry is a field of what pushes the configuration, and the handler stands beside its metrics. It listens on
// loopback, which the containers of a pod share: nobody outside can ask.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"runtime"
	"time"
)

// version is set by whoever builds the controller.
var version = "3.5.3"

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "the address to listen at")
	flag.Parse()

	connected, gateways := false, 3
	telemetry := &Telemetry{
		Static: Facts{
			Product:  Product{Version: version},
			Features: Features{Enabled: []string{"FillIDs"}},
			Kong: Kong{Deployment: Deployment{
				Database:               DatabaseOff,
				Topology:               TopologyGatewayDiscovery,
				KonnectConnected:       &connected,
				DiscoveredGatewayCount: &gateways,
			}},
		},
		Now: func(facts *Facts) {
			threads, _ := runtime.ThreadCreateProfile(nil)
			facts.Performance.ThreadCount = &threads
		},
	}

	// What a controller does all day.
	telemetry.Changed(time.Now())
	telemetry.Pushed(120*time.Millisecond, nil)
	telemetry.Pushed(400*time.Millisecond, nil)
	telemetry.Pushed(90*time.Millisecond, errors.New("the gateway is away"))

	mux := http.NewServeMux()
	mux.Handle("/telemetry", telemetry)
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s/telemetry\n", listener.Addr())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.Serve(listener))
}
