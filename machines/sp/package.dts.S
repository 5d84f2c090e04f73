/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The MM partition in an SP package, as TF-A's BL2 loads it for Hafnium, with the addresses of
 * QEMU's virt machine: secure RAM behind TF-A's partition manager, which is at 0x0e100000. The
 * package is executed where it lies: scripts/make-sp.py puts the image where entrypoint-offset
 * says.
 */
#include "machines/qemu-virt/memory.h"

/dts-v1/;

#include "secure/mm/manifest.dtsi"

/ {
	load-address = <0 0x0e600000>;
	entrypoint-offset = <0x4000>;
};

&shared_buffer {
	base-address = <0 FFAV_SHARED_BUFFER_BASE>;
	pages-count = <(FFAV_SHARED_BUFFER_SIZE / 4096)>;
};

&variable_store {
	base-address = <0 FFAV_STORE_BASE>;
	pages-count = <(FFAV_STORE_SIZE / 4096)>;
};
