# A function's package: the user's document and what it names, checked and compiled to JSON here. The
# code is the layer's. The makefiles beside the documents call this one and say which DOCUMENT, and
# what to call it in the package (COMPILED).
HERE := $(shell cd "$$(dirname "$(strip $(MAKEFILE_LIST))")" && pwd)
ROOT := $(HERE)/..
# Local runs read the machine's processor from here (samconfig.toml).
LOCAL := $(ROOT)/.aws-sam/local.yaml
COMPILED ?= authorizers.json
# Whatever of these is there compiles: what AUTHORIZERS_CLI names, the project's, one on the PATH.
# With none, the project's own is set up first, as `make setup` does: once, though SAM CLI builds
# the functions side by side.
AUTHORIZERS_CLI ?= $(firstword $(wildcard $(ROOT)/.venv/bin/authorizers) $(shell command -v authorizers))
ALONE := import fcntl, subprocess, sys; \
	lock = open(sys.argv[1], "w"); fcntl.flock(lock, fcntl.LOCK_EX); \
	sys.exit(subprocess.call(sys.argv[2:]))

.PHONY: compiled-document
compiled-document:
	@mkdir -p "$(ROOT)/.aws-sam"
	@case "$$(uname -m)" in \
		arm64|aarch64) echo "Architecture: arm64" ;; \
		*) echo "Architecture: x86_64" ;; \
	esac >"$(LOCAL)"
	@authorizers="$(AUTHORIZERS_CLI)"; \
	if [ -z "$$authorizers" ]; then \
		python=$$(sh "$(ROOT)/layers/python313") && "$$python" -c '$(ALONE)' "$(ROOT)/.aws-sam/setup.lock" \
			$(MAKE) -C "$(ROOT)" setup PYTHON="$$python" \
		&& authorizers="$(ROOT)/.venv/bin/authorizers" || exit 1; \
	fi; \
	"$$authorizers" compile "$(DOCUMENT)" --output "$(ARTIFACTS_DIR)/$(COMPILED)"

# Certificates and lists beside the document, which it names as file:NAME; and those of the sample
# events, which no document names but the one of local runs (events/README.md).
.PHONY: with-bundles
with-bundles: compiled-document
	@mkdir -p "$(ARTIFACTS_DIR)/sample"
	@cp "$(ROOT)"/events/local/sample/* "$(ARTIFACTS_DIR)/sample/"
	@folder=$$(dirname "$(DOCUMENT)"); \
	for bundle in "$$folder"/*.pem "$$folder"/*.crl; do \
		[ -e "$$bundle" ] || continue; \
		there="$(ARTIFACTS_DIR)/$$(basename "$$bundle")"; \
		if [ -e "$$there" ] && ! cmp -s "$$bundle" "$$there"; then \
			echo "two documents have different files of the name $$(basename "$$bundle")" >&2; exit 1; \
		fi; \
		cp "$$bundle" "$$there" || exit 1; \
	done
