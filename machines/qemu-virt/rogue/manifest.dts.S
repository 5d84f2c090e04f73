/* SPDX-License-Identifier: BSD-3-Clause */
/* A test partition; the build defines FFAV_ROGUE_INDEX. */
#include "machines/qemu-virt/memory.h"

/dts-v1/;

/ {
	compatible = "arm,ffa-manifest-1.0";
	description = "rogue";
	ffa-version = <0x00010002>;
	uuid = <0x75676f72 0x75676f72 0x75676f72 FFAV_ROGUE_INDEX>;
	id = <(0x8010 + FFAV_ROGUE_INDEX)>;
	execution-ctx-count = <1>;
	exception-level = <1>;
	execution-state = <0>;
	load-address = <0 (FFAV_ROGUE_BASE + FFAV_ROGUE_STRIDE * FFAV_ROGUE_INDEX)>;
	entrypoint-offset = <0>;
	mem-size = <FFAV_ROGUE_SIZE>;
	xlat-granule = <0>;
	messaging-method = <0x203>;
	ns-interrupts-action = <2>;
#if FFAV_ROGUE_INDEX == 0

	memory-regions {
		compatible = "arm,ffa-manifest-memory-regions";

		shared-buffer {
			base-address = <0 FFAV_SHARED_BUFFER_BASE>;
			pages-count = <(FFAV_SHARED_BUFFER_SIZE / 4096)>;
			attributes = <0xb>;
		};
	};

	device-regions {
		compatible = "arm,ffa-manifest-device-regions";

		flash {
			base-address = <0 FFAV_STORE_BASE>;
			pages-count = <(FFAV_STORE_SIZE / 4096)>;
			attributes = <0x3>;
		};
	};
#endif
};
