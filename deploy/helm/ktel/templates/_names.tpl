{{/* How things are called. */}}

{{- define "ktel.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* The name of what is made, and the beginning of those of roles: the release, and the chart unless the release names it. */}}
{{- define "ktel.fullname" -}}
{{- $name := include "ktel.name" . -}}
{{- $both := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $both .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* The labels by which pods are selected. They never change. */}}
{{- define "ktel.selector" -}}
app.kubernetes.io/name: {{ include "ktel.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "ktel.labels" -}}
{{ include "ktel.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The account that reads. */}}
{{- define "ktel.account" -}}
{{- if or (eq .Values.mode "sidecar") (not .Values.serviceAccount.create) -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- else -}}
{{- default (include "ktel.fullname" .) .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "ktel.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ default $.Chart.AppVersion .tag }}
{{- end -}}
{{- end -}}
{{- end -}}
