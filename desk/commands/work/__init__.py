"""The day's questions: log, activity, handover, search, statistics, reports, service levels, mail."""
