/* Finding the line that makes a stage fail. */
#ifndef WD_DRAIN_PROBE_H
#define WD_DRAIN_PROBE_H

#include "tools/wd-drain/pipeline/run.h"

/* Feed the next `suspects` segments one at a time. A segment that fails alone twice is bisected by
 * lines; lines that fail alone are set aside in SPOOL/bad, but only if something else passes: if
 * nothing does, the pipeline is at fault. `outcome` is RUN_DONE where there was progress, else that
 * of the run that ended the search, with RUN_OUTSIDE where the pipeline is at fault. Return 0 or
 * an exit status where wd-drain itself cannot go on. */
int probe(struct drain *drain, size_t suspects, struct run_outcome *outcome);

#endif
