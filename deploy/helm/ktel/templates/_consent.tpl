{{/* What is consented to. */}}

{{/* The generated roles. */}}
{{- define "ktel.roles" -}}
{{- .Files.Get "generated/roles.yaml" -}}
{{- end -}}

{{/* What is said of telemetry, as the variable KTEL_TELEMETRY has it. YAML reads `on` and `off` as truth and falsehood. */}}
{{- define "ktel.telemetry" -}}
{{- $said := .Values.telemetry -}}
{{- if .Values.doNotTrack -}}
off
{{- else if kindIs "slice" $said -}}
{{- join "," $said -}}
{{- else if kindIs "bool" $said -}}
{{- ternary "on" "off" $said -}}
{{- else -}}
{{- $said -}}
{{- end -}}
{{- end -}}

{{/* The categories that are consented to, with commas between them; none if nothing is. */}}
{{- define "ktel.categories" -}}
{{- $said := include "ktel.telemetry" . -}}
{{- $all := (include "ktel.roles" . | fromYaml).categories -}}
{{- if has $said (list "on" "local") -}}
{{- join "," $all -}}
{{- else if ne $said "off" -}}
{{- range splitList "," $said -}}
{{- if not (has . $all) -}}
{{- fail (printf "telemetry: %q is neither on, off or local nor a category: %s" . (join ", " $all)) -}}
{{- end -}}
{{- end -}}
{{- $said -}}
{{- end -}}
{{- end -}}

{{/* Whether reports may be sent, and there is where to. */}}
{{- define "ktel.sends" -}}
{{- if and .Values.receiver.url (not (has (include "ktel.telemetry" .) (list "off" "local"))) -}}true{{- end -}}
{{- end -}}

{{/* Whether several pods agree by a Lease on the one that reports. */}}
{{- define "ktel.lease" -}}
{{- if or (eq .Values.mode "sidecar") (and (eq .Values.mode "agent") (gt (int .Values.agent.replicas) 1)) -}}true{{- end -}}
{{- end -}}

{{/* The namespace of the controller; nothing if no pod of it is named. */}}
{{- define "ktel.own" -}}
{{- if eq .Values.mode "sidecar" -}}
{{- .Release.Namespace -}}
{{- else -}}
{{- .Values.controller.pod | splitList "/" | first -}}
{{- end -}}
{{- end -}}

{{/* What does not fit together, and how it would. */}}
{{- define "ktel.check" -}}
{{- $said := include "ktel.telemetry" . -}}
{{- if and (eq .Values.mode "job") (not .Values.receiver.url) (ne $said "off") -}}
{{- fail "mode: job makes reports to send them: name the receiver in receiver.url, or take mode: agent, which writes them to its log" -}}
{{- end -}}
{{- if and (not .Values.journal) (not (include "ktel.sends" .)) (ne $said "off") -}}
{{- fail "reports are neither sent nor written down: name the receiver in receiver.url and say telemetry: on, or say journal: true" -}}
{{- end -}}
{{- if and (eq .Values.mode "sidecar") (not .Values.serviceAccount.name) -}}
{{- fail "mode: sidecar binds roles to the account of the controller: name it in serviceAccount.name" -}}
{{- end -}}
{{- if and (eq .Values.mode "sidecar") .Values.networkPolicy.enabled -}}
{{- fail "networkPolicy: mode: sidecar makes no pods: leave it out, and let the policy of the controller's pods permit what ktel needs" -}}
{{- end -}}
{{- if and .Values.receiver.ca.configMap .Values.receiver.ca.secret -}}
{{- fail "receiver.ca: name a ConfigMap or a Secret, not both" -}}
{{- end -}}
{{- if and .Values.controller.factsUrl .Values.controller.factsConfigMap.name -}}
{{- fail "controller: name factsUrl or factsConfigMap, not both" -}}
{{- end -}}
{{- end -}}
