"""Who may have done what: requesters, the desk itself, imports, mails, and undoing, each within narrow bounds."""
