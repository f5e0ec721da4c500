# Install Debian packages, for the scripts that must run on a fresh machine. Sourced.
# shellcheck shell=bash disable=SC2034 # variables for the scripts

# The packages that `make` needs; README.md lists the same.
build_packages=(
	make gcc libc6-dev pkg-config libcurl4-openssl-dev libpq-dev libyaml-dev libjq-dev
	libsqlite3-dev libssl-dev libmicrohttpd-dev libzstd-dev libmosquitto-dev libgeos-dev librabbitmq-dev libjs-leaflet
)

# apt_install PACKAGE…: install those that are missing, or only print them if WD_NO_APT is set.
apt_install() {
	local wanted=() package log sudo=()
	for package; do
		dpkg-query -Wf '${Status}\n' "$package" 2>/dev/null | grep -q 'ok installed$' ||
			wanted+=("$package")
	done
	[ ${#wanted[@]} -gt 0 ] || return 0
	if [ -n "${WD_NO_APT:-}" ]; then
		echo "not installed: ${wanted[*]}" >&2
		return 0
	fi
	[ "$(id -u)" = 0 ] || sudo=(sudo)
	echo "installing with apt: ${wanted[*]}"
	log=$(mktemp)
	if "${sudo[@]}" apt-get update -q >"$log" 2>&1 &&
		"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
			apt-get install -qy --no-install-recommends "${wanted[@]}" >>"$log" 2>&1; then
		rm -f "$log"
	else
		tail -20 "$log" >&2
		echo "apt-get failed; its output: $log" >&2
		return 1
	fi
}
