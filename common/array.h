/* The number of elements of an array whose size is known at compile time. */
#ifndef WD_ARRAY_H
#define WD_ARRAY_H

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
