/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: mbedTLS as the partition builds it
 *
 * Certificates, RSA and ECDSA verification, SHA-2. No files, no threads, no clock, no
 * random numbers (nothing here signs), no self-tests, no TLS. What the library allocates
 * comes from an arena (arena.h).
 */
#ifndef FFAV_MBEDTLS_CONFIG_H
#define FFAV_MBEDTLS_CONFIG_H

#include "secure/crypto/arena.h"

#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_CALLOC_MACRO ffav_arena_calloc
#define MBEDTLS_PLATFORM_FREE_MACRO   ffav_arena_free

#define MBEDTLS_HAVE_ASM
/* Division of 128-bit numbers is a function of the compiler's library, which is not linked. */
#define MBEDTLS_NO_UDBL_DIVISION
#define MBEDTLS_ASN1_PARSE_C
/* The library's ECDSA writes signatures as well as it reads them. */
#define MBEDTLS_ASN1_WRITE_C
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_OID_C
#define MBEDTLS_MD_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA512_C
#define MBEDTLS_SHA256_SMALLER
#define MBEDTLS_SHA512_SMALLER
/* Only to read old certificates that are enrolled; a signature with it proves nothing. */
#define MBEDTLS_SHA1_C

#define MBEDTLS_PK_C
#define MBEDTLS_PK_PARSE_C
#define MBEDTLS_RSA_C
#define MBEDTLS_PKCS1_V15
#define MBEDTLS_ECP_C
#define MBEDTLS_ECDSA_C
#define MBEDTLS_ECP_DP_SECP256R1_ENABLED
#define MBEDTLS_ECP_DP_SECP384R1_ENABLED
#define MBEDTLS_ECP_DP_SECP521R1_ENABLED
#define MBEDTLS_ECP_NIST_OPTIM
/* Verification has no secrets that random blinding could protect. */
#define MBEDTLS_ECP_NO_INTERNAL_RNG

#define MBEDTLS_X509_USE_C
#define MBEDTLS_X509_CRT_PARSE_C
#define MBEDTLS_X509_CHECK_KEY_USAGE
#define MBEDTLS_X509_CHECK_EXTENDED_KEY_USAGE

/* RSA of 4,096 bits at most, verified with short exponents: windows would not pay. */
#define MBEDTLS_MPI_MAX_SIZE    1024
#define MBEDTLS_MPI_WINDOW_SIZE 1
#define MBEDTLS_ECP_WINDOW_SIZE 4

#include "mbedtls/check_config.h"

#endif
