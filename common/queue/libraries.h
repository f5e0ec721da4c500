/* Which library speaks to brokers. */
#ifndef WD_QUEUE_LIBRARIES_H
#define WD_QUEUE_LIBRARIES_H

/* Return the version of the library that is loaded, for --version. */
const char *queue_libraries(void);

#endif
