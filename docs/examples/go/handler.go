// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"
)

// kept is how many durations are remembered: enough for a 99th percentile, and a bound.
const kept = 1000

// Telemetry counts what the controller does, and tells it to whoever asks: an http.Handler for /telemetry.
//
// One agent asks, once a report. What has been told is not told again, so that counts are those since the last report.
type Telemetry struct {
	// Static are the facts that do not change while the process runs.
	Static Facts
	// Now adds those that are looked up when somebody asks: how long the queue is, for example. It may be nil.
	Now func(*Facts)

	mu            sync.Mutex
	pushes        int
	failures      int
	durations     []float64
	lastChangedAt time.Time
}

// Pushed is called where the controller has pushed its configuration to the gateway.
func (t *Telemetry) Pushed(took time.Duration, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pushes++
	if err != nil {
		t.failures++
	}
	if len(t.durations) == kept {
		t.durations = t.durations[1:]
	}
	t.durations = append(t.durations, took.Seconds())
}

// Changed is called where the configuration is another one than before.
func (t *Telemetry) Changed(at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lastChangedAt = at
}

// Tell answers what there is to tell, and begins to count anew.
func (t *Telemetry) Tell() Facts {
	t.mu.Lock()
	pushes, failures, durations, lastChangedAt := t.pushes, t.failures, t.durations, t.lastChangedAt
	t.pushes, t.failures, t.durations = 0, 0, nil
	t.mu.Unlock()

	facts := t.Static
	facts.Kong.Configuration.LastChangedAt = Hour{lastChangedAt}
	facts.Performance.ConfigPushCount = &pushes
	facts.Performance.ConfigPushFailedCount = &failures
	slices.Sort(durations)
	facts.Performance.ConfigPushP50Seconds = percentile(durations, 50)
	facts.Performance.ConfigPushP95Seconds = percentile(durations, 95)
	facts.Performance.ConfigPushP99Seconds = percentile(durations, 99)
	if t.Now != nil {
		t.Now(&facts)
	}
	return facts
}

// ServeHTTP tells it as JSON.
func (t *Telemetry) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		http.Error(w, "facts are read with GET", http.StatusMethodNotAllowed)
		return
	}
	body, err := json.Marshal(t.Tell())
	if err != nil {
		http.Error(w, "facts cannot be told", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
}

// percentile answers what so many of 100 took at most; nothing if there was none.
func percentile(sorted []float64, of int) *float64 {
	if len(sorted) == 0 {
		return nil
	}
	rank := (len(sorted)*of + 99) / 100
	return &sorted[rank-1]
}
