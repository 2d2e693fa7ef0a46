/// GLASSBOX_EACH_VECTOR_WIDTH in front of a function compiles it for each vector width; the loader picks the
/// processor's own.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__SANITIZE_ADDRESS__)
#define GLASSBOX_EACH_VECTOR_WIDTH __attribute__((target_clones("avx512f", "arch=x86-64-v3", "default")))
#else
#define GLASSBOX_EACH_VECTOR_WIDTH
#endif
