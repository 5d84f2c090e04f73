/* SPDX-License-Identifier: BSD-3-Clause */
/* The echo partition: one service, d0e1f2a3-5b6c-4d7e-8f90-a1b2c3d4e5f6, and no memory but its image. */
#include "machines/qemu-virt/memory.h"

/dts-v1/;

/ {
	compatible = "arm,ffa-manifest-1.0";
	description = "echo";
	ffa-version = <0x00010002>;
	uuid = <0xa3f2e1d0 0x7e4d6c5b 0xb2a1908f 0xf6e5d4c3>;
	id = <0x8002>;
	execution-ctx-count = <1>;
	exception-level = <1>;
	execution-state = <0>;
	load-address = <0 FFAV_ECHO_BASE>;
	entrypoint-offset = <0>;
	mem-size = <FFAV_ECHO_SIZE>;
	xlat-granule = <0>;
	/* Receives direct requests of both forms. */
	messaging-method = <0x201>;
	ns-interrupts-action = <2>;
};
