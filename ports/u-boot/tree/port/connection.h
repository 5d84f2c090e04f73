/* SPDX-License-Identifier: BSD-3-Clause */
/* The one connection that this port has; for the library's side of the seam. */
#ifndef FFAVARS_PORT_CONNECTION_H
#define FFAVARS_PORT_CONNECTION_H

#include "normal/mm/mm.h"

extern struct ffav_mm ffavars_mm;

#endif
