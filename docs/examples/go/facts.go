// SPDX-License-Identifier: Apache-2.0

package main

import "time"

// Facts is what only a controller knows. Its JSON keeps the schema of host facts (`ktel schema host-facts`).
//
// What is not told is left out: a pointer tells a zero from nothing.
type Facts struct {
	Product     Product     `json:"product,omitzero"`
	Kong        Kong        `json:"kong,omitzero"`
	Features    Features    `json:"features,omitzero"`
	Performance Performance `json:"performance,omitzero"`
}

// Product is the controller itself.
type Product struct {
	Version string `json:"version,omitempty"`
}

// Kong is what is Kong's own.
type Kong struct {
	Deployment    Deployment    `json:"deployment,omitzero"`
	Configuration Configuration `json:"configuration,omitzero"`
}

// Deployment is how the gateway is deployed, as the controller sees it.
type Deployment struct {
	Database               Database     `json:"database,omitempty"`
	RouterFlavor           RouterFlavor `json:"router_flavor,omitempty"`
	Topology               Topology     `json:"topology,omitempty"`
	GatewayVersion         string       `json:"gateway_version,omitempty"`
	KonnectConnected       *bool        `json:"konnect_connected,omitempty"`
	DiscoveredGatewayCount *int         `json:"discovered_gateway_count,omitempty"`
}

// Configuration is how alive the configuration is.
type Configuration struct {
	LastChangedAt Hour `json:"last_changed_at,omitzero"`
}

// Features are the feature gates that do not keep their default.
type Features struct {
	Enabled  []string `json:"enabled,omitempty"`
	Disabled []string `json:"disabled,omitempty"`
}

// Performance is how the controller performs. Counts are those since the last report.
type Performance struct {
	ConfigPushCount       *int     `json:"config_push_count,omitempty"`
	ConfigPushFailedCount *int     `json:"config_push_failed_count,omitempty"`
	ConfigPushP50Seconds  *float64 `json:"config_push_p50_seconds,omitempty"`
	ConfigPushP95Seconds  *float64 `json:"config_push_p95_seconds,omitempty"`
	ConfigPushP99Seconds  *float64 `json:"config_push_p99_seconds,omitempty"`
	QueueItemCount        *int     `json:"queue_item_count,omitempty"`
	ThreadCount           *int     `json:"thread_count,omitempty"`
}

// Database is where the gateway keeps its configuration.
type Database string

// RouterFlavor is how the gateway matches requests with routes.
type RouterFlavor string

// Topology is where the gateway runs.
type Topology string

// The words of the standard.
const (
	DatabaseOff      Database = "OFF"
	DatabasePostgres Database = "POSTGRES"

	RouterTraditional           RouterFlavor = "TRADITIONAL"
	RouterTraditionalCompatible RouterFlavor = "TRADITIONAL_COMPATIBLE"
	RouterExpressions           RouterFlavor = "EXPRESSIONS"

	TopologySidecar          Topology = "SIDECAR"
	TopologyGatewayDiscovery Topology = "GATEWAY_DISCOVERY"
)

// Hour is a time as reports have it: no more of it than its hour.
type Hour struct{ time.Time }

// MarshalJSON writes the hour in UTC, as RFC 3339 has it.
func (h Hour) MarshalJSON() ([]byte, error) {
	return []byte(`"` + h.UTC().Truncate(time.Hour).Format(time.RFC3339) + `"`), nil
}
