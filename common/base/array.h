/* The number of elements of an array whose size is known at compile time. */
#ifndef WD_COMMON_ARRAY_H
#define WD_COMMON_ARRAY_H

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
