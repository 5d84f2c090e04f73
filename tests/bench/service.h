/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: A variable service on two empty stores in memory, for what measures the service alone. */
#ifndef FFAV_BENCH_SERVICE_H
#define FFAV_BENCH_SERVICE_H

#include "secure/variables/variables.h"

/** Bytes of the largest message that the service is told it can get. */
#define BENCH_MESSAGE_SIZE 0x20000u

/** bench_service_start() - Start @v, once in the program's life; without memory the program ends with status 2. */
void bench_service_start(struct ffav_variables *v);

#endif
