# Auditors named for contract texts
auditors-title = Auditors named for the contract texts
auditors-note = Auditors and discipline inspectors open contract texts only where named, until the day stated or until that is ended.
auditors-none = Nobody has been named.
auditors-named-until = Until { $day }
auditors-ended = Ended early { $time }
auditors-named-by = Named by { $person }, { $time }
auditors-ended-why = Why it was ended:
auditors-holds = Holds
auditors-over = Over
auditors-end = End early
auditors-end-why = Why it ends (needed)
auditors-name = Name an auditor
auditors-nobody = Nobody has an auditor's or discipline inspector's role today. The administrator grants one first.
auditors-person = Person
auditors-until = Last day
auditors-reason = What for (needed)
auditors-not-named = You are not named for the contract texts of this application. Tell the head of division what for; they name you on this page, until a day.
