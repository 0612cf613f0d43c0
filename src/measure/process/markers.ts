/** Environment variables by which a run finds its own processes again, however far they ran. */

/** Value: the run's id. Carried by every process of a run. */
export const RUN_MARKER = 'NEMESIS_RUN';

/** Value: run id, colon, number. Carried by one process and its descendants. */
export const PROCESS_MARKER = 'NEMESIS_PROCESS';
