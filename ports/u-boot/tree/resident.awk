# SPDX-License-Identifier: BSD-3-Clause
# Does resident code refer to anything that is gone at runtime?
#
# Input: 'nm -f sysv' and then 'objdump -r' of the client's objects, linked with ld -r.
# Prints each relocation of a resident section that leads out of the resident sections,
# and to none of the symbols in the variable 'allowed'; exit status 1 if there is one.

BEGIN {
	resident = "^\\.(text|data|rodata)\\.efi_runtime"
	split(allowed, names, " ")
	for (i in names)
		stays[names[i]] = 1
}

/\|/ {
	count = split($0, field, "|")
	gsub(/^[ \t]+|[ \t]+$/, "", field[1])
	gsub(/[ \t]+/, "", field[count])
	if (field[count] ~ resident)
		stays[field[1]] = 1
	next
}

/^RELOCATION RECORDS FOR/ {
	section = $4
	gsub(/[^A-Za-z0-9_.]/, "", section)
	next
}

section ~ resident && $2 ~ /^R_AARCH64_/ {
	relocations++
	to = $3
	sub(/[+-]0x[0-9a-f]+$/, "", to)
	if (to !~ resident && !(to in stays)) {
		print section " refers to " to ", which is not there at runtime"
		bad = 1
	}
}

END {
	# Nothing looked at is no proof.
	if (!relocations) {
		print "no relocation of resident code was found"
		bad = 1
	}
	exit bad
}
