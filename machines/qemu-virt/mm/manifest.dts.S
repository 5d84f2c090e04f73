/* SPDX-License-Identifier: BSD-3-Clause */
/* The MM partition on QEMU's virt machine: where its memory, buffer and flash are. */
#include "machines/qemu-virt/memory.h"

/dts-v1/;

#include "secure/mm/manifest.dtsi"

/ {
	id = <0x8001>;
	load-address = <0 FFAV_MM_BASE>;
	mem-size = <FFAV_MM_SIZE>;
};

&shared_buffer {
	base-address = <0 FFAV_SHARED_BUFFER_BASE>;
	pages-count = <(FFAV_SHARED_BUFFER_SIZE / 4096)>;
};

#ifdef FFAV_VERIFIES_IMAGES
&variable_service {
	platform-verifies-images;
};
#endif

&variable_store {
	base-address = <0 FFAV_STORE_BASE>;
	pages-count = <(FFAV_STORE_SIZE / 4096)>;
};
