/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FFAVARS_MESSAGE_H
#define FFAVARS_MESSAGE_H

/**
 * message() - Tell the user on standard error what is wrong, after the program's name.
 * @format: as for printf(): whole sentences without a newline
 */
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
