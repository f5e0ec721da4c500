# The database that wd-validate checks: the forms that common/db/target.c accepts, without the password. Sourced by
# wd-validate, whose $target it changes.
# shellcheck shell=bash disable=SC2034 # variables of wd-validate

# trim TEXT: set $trimmed to the text without blanks around it.
trim() {
	local blank=$' \t\r\n'
	trimmed=${1#"${1%%[!"$blank"]*}"}
	trimmed=${trimmed%"${trimmed##*[!"$blank"]}"}
}

# Set $target to sqlite:FILE or postgresql://…. What is neither stays as it is: wd-store --check names the reason.
normalize_target() {
	local trimmed text file
	trim "$target"
	if [[ $trimmed =~ ^\"(.*)\"$ || $trimmed =~ ^\'(.*)\'$ ]]; then
		trim "${BASH_REMATCH[1]}"
	fi
	text=$trimmed
	if [[ $text =~ ^postgres(ql)?(\+[^:/]*)?:(//.*)$ ]]; then
		target=postgresql:${BASH_REMATCH[3]}
	elif [[ $text =~ ^sqlite(\+[^:/]*)?:(.*)$ ]]; then
		file=${BASH_REMATCH[2]}
		case $file in
			///*) file=${file#///} ;;
			//*) return ;;
		esac
		while [[ $file == //* ]]; do file=${file#/}; done
		target=sqlite:$file
	fi
}

# target_kind: postgresql, sqlite, or none if wd-store refuses the normalized target.
target_kind() {
	case $target in
		sqlite: | sqlite::memory: | sqlite:file:* | sqlite://*) echo none ;;
		sqlite:*) echo sqlite ;;
		postgresql://*) echo postgresql ;;
		*) echo none ;;
	esac
}

# Print $target without passwords. What is no database may have one anywhere.
shown_target() {
	if [ "$(target_kind)" = none ] && [[ $target != sqlite:* && ($target == *[@=]* || $target == *://*) ]]; then
		echo '(not shown)'
	else
		sed -E 's|(://[^:@/]*):[^@]*@|\1@|; s/([?&](ssl)?password=)[^&]*/\1.../g' <<<"$target"
	fi
}

# set_password TEXT: set PGPASSWORD to the text of a URL.
set_password() {
	local text=${1//\\/\\\\}
	printf -v PGPASSWORD '%b' "${text//%/\\x}"
	export PGPASSWORD
}

# Move the password from $target to PGPASSWORD: ps(1) shows the arguments of psql(1) to every user. The one of the
# query string overrides that of the user, as in libpq.
take_password() {
	local address query='' parameter kept='' users=''
	[ "$(target_kind)" = postgresql ] || return 0
	address=${target#postgresql://}
	if [[ $address =~ ^([^@/]*@)(.*)$ ]]; then
		users=${BASH_REMATCH[1]} address=${BASH_REMATCH[2]}
		if [[ $users =~ ^([^:]*):(.*)@$ ]]; then
			set_password "${BASH_REMATCH[2]}"
			users=${BASH_REMATCH[1]}@
		fi
	fi
	[[ $address != *\?* ]] || query=${address#*\?}
	while [ -n "$query" ]; do
		parameter=${query%%&*}
		query=${query#"$parameter"} query=${query#&}
		case $parameter in
			password=*) set_password "${parameter#*=}" ;;
			*) kept+=${kept:+&}$parameter ;;
		esac
	done
	target=postgresql://$users${address%%\?*}${kept:+?$kept}
}
