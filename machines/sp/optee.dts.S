/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The MM partition for OP-TEE as partition manager at S-EL1, on QEMU's virt machine.
 *
 * OP-TEE takes one UUID, that of U-Boot's client, and wants a boot-order. It loads the image
 * where it likes and replaces every base-address in the copy that the partition gets by a
 * virtual address.
 */
#include "machines/qemu-virt/memory.h"

/dts-v1/;

#include "secure/mm/manifest.dtsi"

/ {
	uuid = <0x33d532ed 0x0942e699 0x722dc09c 0xa798d9cd>;
	boot-order = <0>;
};

&shared_buffer {
	base-address = <0 FFAV_SHARED_BUFFER_BASE>;
	pages-count = <(FFAV_SHARED_BUFFER_SIZE / 4096)>;
};

&variable_store {
	base-address = <0 FFAV_STORE_BASE>;
	pages-count = <(FFAV_STORE_SIZE / 4096)>;
};

&variable_service {
	shared-buffer-physical = <0 FFAV_SHARED_BUFFER_BASE>;
};
