{{/* What all pods have in common. */}}

{{/* Who reports, and what is consented to. Of the variables, those that nobody has said anything of are left out. */}}
{{- define "ktel.environment" -}}
- name: KTEL_TELEMETRY
  value: {{ include "ktel.telemetry" . | quote }}
{{- if .Values.replacesAnonymousReports }}
- name: KTEL_REPLACES_ANONYMOUS_REPORTS
  value: "true"
{{- end }}
{{- with .Values.product.name }}
- name: KTEL_PRODUCT
  value: {{ . | quote }}
{{- end }}
{{- with .Values.product.version }}
- name: KTEL_PRODUCT_VERSION
  value: {{ . | quote }}
{{- end }}
{{- with .Values.controller.pod }}
- name: KTEL_POD
  value: {{ . | quote }}
{{- end }}
{{- with .Values.namespaces }}
- name: KTEL_NAMESPACES
  value: {{ join "," . | quote }}
{{- end }}
{{- with .Values.saltSecret }}
{{- if .name }}
- name: KTEL_ID_SALT
  valueFrom:
    secretKeyRef:
      name: {{ .name }}
      key: {{ .key }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What a report is made of besides the cluster, and where it goes. */}}
{{- define "ktel.reporting" -}}
{{- with .Values.receiver }}
{{- if .url }}
- name: KTEL_HEC_URL
  value: {{ .url | quote }}
{{- end }}
{{- if .index }}
- name: KTEL_INDEX
  value: {{ .index | quote }}
{{- end }}
{{- if .tokenSecret.name }}
- name: KTEL_TOKEN_FILE
  value: /etc/ktel/token/token
{{- end }}
{{- if or .ca.configMap .ca.secret }}
- name: KTEL_CA_FILE
  value: /etc/ktel/ca/ca.crt
{{- end }}
{{- if .proxy }}
- name: KTEL_HTTPS_PROXY
  value: {{ .proxy | quote }}
{{- end }}
{{- end }}
{{- if .Values.controller.factsConfigMap.name }}
- name: KTEL_FACTS
  value: /etc/ktel/facts/facts.json
{{- else if .Values.controller.factsUrl }}
- name: KTEL_FACTS
  value: {{ .Values.controller.factsUrl | quote }}
{{- end }}
{{- with .Values.controller.metricsUrl }}
- name: KTEL_METRICS_URL
  value: {{ . | quote }}
{{- end }}
{{- if .Values.journal }}
- name: KTEL_JOURNAL
  value: "-"
{{- end }}
{{- if include "ktel.spool" . }}
- name: KTEL_SPOOL
  value: /var/lib/ktel
{{- end }}
{{- end -}}

{{/* Whether what waits is on disk: it has to be sent, and something has to be left of the disk when the process is gone. */}}
{{- define "ktel.spool" -}}
{{- if and (include "ktel.sends" .) (or (eq .Values.mode "agent") .Values.spool.existingClaim) -}}true{{- end -}}
{{- end -}}

{{/* What is mounted, and where. */}}
{{- define "ktel.mounts" -}}
{{- if .Values.receiver.tokenSecret.name }}
- name: token
  mountPath: /etc/ktel/token
  readOnly: true
{{- end }}
{{- if or .Values.receiver.ca.configMap .Values.receiver.ca.secret }}
- name: ca
  mountPath: /etc/ktel/ca
  readOnly: true
{{- end }}
{{- if .Values.controller.factsConfigMap.name }}
- name: facts
  mountPath: /etc/ktel/facts
  readOnly: true
{{- end }}
{{- if include "ktel.spool" . }}
- name: spool
  mountPath: /var/lib/ktel
{{- end }}
{{- end -}}

{{- define "ktel.volumes" -}}
{{- with .Values.receiver.tokenSecret }}
{{- if .name }}
- name: token
  secret:
    secretName: {{ .name }}
    defaultMode: 0440
    items:
      - key: {{ .key }}
        path: token
{{- end }}
{{- end }}
{{- with .Values.receiver.ca }}
{{- if .configMap }}
- name: ca
  configMap:
    name: {{ .configMap }}
    items:
      - key: {{ .key }}
        path: ca.crt
{{- else if .secret }}
- name: ca
  secret:
    secretName: {{ .secret }}
    defaultMode: 0440
    items:
      - key: {{ .key }}
        path: ca.crt
{{- end }}
{{- end }}
{{- with .Values.controller.factsConfigMap }}
{{- if .name }}
- name: facts
  configMap:
    name: {{ .name }}
    items:
      - key: {{ .key }}
        path: facts.json
{{- end }}
{{- end }}
{{- if include "ktel.spool" . }}
- name: spool
  {{- if .Values.spool.existingClaim }}
  persistentVolumeClaim:
    claimName: {{ .Values.spool.existingClaim }}
  {{- else }}
  emptyDir:
    sizeLimit: {{ .Values.spool.sizeLimit }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* What a container is and may do, whatever it runs. */}}
{{- define "ktel.container" -}}
image: {{ include "ktel.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
resources:
  {{- toYaml .Values.resources | nindent 2 }}
{{- end -}}

{{/* What a pod is and may do, before its containers. */}}
{{- define "ktel.pod" -}}
serviceAccountName: {{ include "ktel.account" . }}
automountServiceAccountToken: true
# Variables that are made of the names of Services could look like those of ktel.
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  {{- with .Values.user }}
  runAsUser: {{ int . }}
  runAsGroup: {{ int . }}
  fsGroup: {{ int . }}
  {{- end }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
