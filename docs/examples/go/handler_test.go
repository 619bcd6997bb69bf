// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func ask(t *testing.T, telemetry *Telemetry, method string) (int, string) {
	t.Helper()
	answer := httptest.NewRecorder()
	telemetry.ServeHTTP(answer, httptest.NewRequest(method, "/telemetry", nil))
	return answer.Code, answer.Body.String()
}

func TestWhatWasToldIsNotToldAgain(t *testing.T) {
	telemetry := &Telemetry{Static: Facts{Product: Product{Version: "3.5.3"}}}
	telemetry.Changed(time.Date(2026, 11, 24, 10, 59, 59, 0, time.FixedZone("CET", 3600)))
	for range 98 {
		telemetry.Pushed(100*time.Millisecond, nil)
	}
	telemetry.Pushed(400*time.Millisecond, nil)
	telemetry.Pushed(900*time.Millisecond, errors.New("the gateway is away"))
	static := `{"product":{"version":"3.5.3"},"kong":{"configuration":{"last_changed_at":"2026-11-24T09:00:00Z"}},"performance":{`
	want := static + `"config_push_count":100,"config_push_failed_count":1,"config_push_p50_seconds":0.1,` +
		`"config_push_p95_seconds":0.1,"config_push_p99_seconds":0.4}}`
	if code, body := ask(t, telemetry, http.MethodGet); code != http.StatusOK || body != want {
		t.Errorf("%d %s\nwant %s", code, body, want)
	}
	want = static + `"config_push_count":0,"config_push_failed_count":0}}`
	if _, body := ask(t, telemetry, http.MethodGet); body != want {
		t.Errorf("%s\nwant %s", body, want)
	}
	if code, _ := ask(t, telemetry, http.MethodPost); code != http.StatusMethodNotAllowed {
		t.Errorf("%d", code)
	}
}

func TestNothingIsToldOfNothing(t *testing.T) {
	if _, body := ask(t, &Telemetry{}, http.MethodGet); body != `{"performance":{"config_push_count":0,"config_push_failed_count":0}}` {
		t.Error(body)
	}
}

func TestDurationsAreBounded(t *testing.T) {
	telemetry := &Telemetry{}
	for range 3 * kept {
		telemetry.Pushed(time.Second, nil)
	}
	if len(telemetry.durations) != kept {
		t.Error(len(telemetry.durations))
	}
	if facts := telemetry.Tell(); *facts.Performance.ConfigPushCount != 3*kept {
		t.Error(*facts.Performance.ConfigPushCount)
	}
}
