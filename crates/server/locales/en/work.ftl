# What waits
work-title = Work
work-lead = The most pressing first; what is done disappears by itself.
work-nothing = Nothing waits for you now.
work-know = To know
work-elsewhere = Other pages
work-since = since { $day }
work-until = first ends { $day }
work-unit-open = open
work-unit-months = { COUNT($count) ->
    [one] month
   *[other] months
 }
work-unit-parks = { COUNT($count) ->
    [one] park
   *[other] parks
 }
work-unit-people = { COUNT($count) ->
    [one] person
   *[other] people
 }
work-unit-partners = { COUNT($count) ->
    [one] pair
   *[other] pairs
 }
work-unit-entries = { COUNT($count) ->
    [one] entry
   *[other] entries
 }
work-unit-companies = { COUNT($count) ->
    [one] company
   *[other] companies
 }
work-drafts = Drafts to sign
work-drafts-next = Check and sign; make the draft anew where data have changed.
work-countersign = Drafts to countersign
work-countersign-next = Read the draft and give your opinion.
work-corrections = Published figures to correct
work-corrections-next = Look at the contracts that changed; fold them in or issue a correction.
work-objections-decide = Objections to decide
work-objections-decide-next = Read both sides and decide where the contract counts.
work-objections = Open objections
work-objections-next = See how they stand and add your own view.
work-exchange = Exchange data missing
work-exchange-next = Import the missing months; until then absorbed figures are marked incomplete.
work-gap = Gap to the annual target
work-gap-next = Open your page: gap, expected contracts, buyers not settled.
work-chase = Partners due to renew
work-chase-next = Print the chase list and ring them.
work-split = Target to split
work-split-next = Split the target among the counties so that the parts add up.
work-park-lists = Park lists to renew
work-park-lists-next = The list is missing or older than six months; send the present one.
work-park-claims = Companies that another park lists too
work-park-claims-next = They count in no park until one list is mended.
work-grants = Grants that end soon
work-grants-next = Check and renew them, or let them end.
work-without-role = People without a role
work-without-role-next = Grant a role or disable the account.
work-log = New log entries of seven days
work-log-next = Download the audit file and verify it on your own computer.
work-contracts = Your contracts of this year
work-contracts-next = See how each is registered.
work-unit-files = { COUNT($count) ->
    [one] file
   *[other] files
 }
work-unit-opinions = { COUNT($count) ->
    [one] opinion
   *[other] opinions
 }
work-opinions = Opinions about drafts
work-opinions-next = Departments have spoken about the draft as it is; settle objections before it is signed.
work-imports = Files not imported
work-imports-next = Open a file to see the rows with problems; correct and send it again, or import the valid rows only.
work-guide = What your role sees, does first, and how, stands in the guide.
work-applications-late = Applications past their due day
work-applications-late-next = The late ones stand first; take them first.
work-applications-correct = Applications to correct
work-applications-correct-next = Open the application, mend what was told, and hand it in again.
work-applications-accept = Applications to accept
work-applications-accept-next = Check what was handed in; accept it, or send it back for a correction.
work-applications-first-review = Applications to review first
work-applications-first-review-next = Read the contract and approve the technology value.
work-applications-second-review = Applications to review second
work-applications-second-review-next = The other of the A/B pair approves or refuses.
work-applications-experts = Applications that wait for the experts
work-applications-experts-next = Read form and contract, and give an opinion.
work-applications-export = Approved, not yet in the national system
work-applications-export-next = Take the file to the national system and import its result.
work-registration-requests = Objections or wishes without an answer
work-registration-requests-next = Begin with the oldest.
work-application-drafts = Applications not handed in
work-application-drafts-next = Go on where you stopped, then hand in.
work-unit-applications = { COUNT($count) ->
    [one] application
   *[other] applications
 }
work-flags-decide = Flags to decide
work-flags-decide-next = Read evidence and answer, then clear or uphold; appeals go to somebody else.
work-flags-answer = Flags to answer
work-flags-answer-next = Open the flag, look at the evidence beside it and say why.
work-holds = Payments to release
work-holds-next = The flags for whose sake they are held were cleared or fell away; decide whether to release them.
work-inspections-answer = Inspections that ask you for evidence
work-inspections-answer-next = Attach files and explain within your days, then hand in.
work-inspections = Spot checks and inspections to go on with
work-inspections-next = Begin with the first: notice, evidence, decision, service, letters.
work-lead-promises = Overdue promises of leads
work-lead-promises-next = Begin with the longest overdue; drop what is not needed any more.
work-leads-assign = Leads that nobody looks after
work-leads-assign-next = Open the lead and assign a technology manager.
work-demands-complete = Demands sent back to be completed
work-demands-complete-next = Add what was asked for and hand them in again.
work-demands-confirm = Demands written down for your company to confirm
work-demands-confirm-next = Read what was written; confirm it if it is right, withdraw it if not.
work-demands-verify = Demands to be verified
work-demands-verify-next = The company has not confirmed yet; visit or call about contact, budget and authority.
work-demands-check = Demands to be checked
work-demands-check-next = The company has confirmed; let them pass or send them back.
work-demands-sort = Demands to be sorted
work-demands-sort-next = Say field and industry and write the public summary.
work-demands-score = Demands to be scored
work-demands-score-next = Declare conflicts of interest first, then score and say why.
work-demands-select = Demands to be selected
work-demands-select-next = See the scores and select, decline, merge or split.
work-demands-publish = Demands to be published
work-demands-publish-next = Selected demands go into the next issue, which is numbered and frozen.
work-achievements-review = Achievements to be reviewed for confidentiality
work-achievements-review-next = Somebody who did not write them lets them pass or sends them back.
work-achievements-show = Achievements to be announced or listed
work-achievements-show-next = The review is done; begin the publicity period or list them, as the price asks for.
