# First run
setup-title = First run
setup-lead = Nobody is entered yet. Choose the region and enter the first account; then contracts can be imported.
setup-step-region = Choose the region
setup-step-account = Enter the first account
setup-step-import = Import contracts
setup-choose-again = choose again
setup-code = Setup code
setup-code-hint = Printed on the server's terminal (or in its log) when it started. The server can be reached from elsewhere, so only who can see it may set it up.
setup-code-wrong = This is not the setup code. Look at the server's terminal; the code changes when the server is started again.
setup-region = Whose statistics these are
setup-region-detail = { COUNT($cities) ->
    [one] { $cities } city
   *[other] { $cities } cities
 }, { COUNT($parks) ->
    [one] { $parks } park
   *[other] { $parks } parks
 }. Version { $version }
setup-country-detail = { COUNT($cities) ->
    [one] { $cities } province
   *[other] { $cities } provinces
 }, without bulletin layouts ({ COUNT($parks) ->
    [one] { $parks } park
   *[other] { $parks } parks
 }). Version { $version }
setup-take-region = Use this region
setup-name = Name
setup-sign-in-name-hint = Letters, digits and . - _ @; small and capital letters are the same.
setup-password-hint = { $min } to { $max } characters. A few unrelated words will do; no sign-in name, worn words or runs of digits.
setup-password-again = Password once more
setup-password-differs = The two passwords differ. Enter them again.
setup-take-account = Enter the account and sign in
setup-roles-hint = The first account is provincial statistician and administrator at once. Enter the others under People afterwards.
setup-lost = Somebody else has finished the first run, and your account was not entered. Sign in, or ask the administrator for an account.
sign-in-examples = Sign in as an example person
sign-in-examples-hint = Example people are invented and exist in the demo only. One click on a role signs in; for signing in by name the password is printed at start.
empty-import = Import registry and exchange data
empty-drafts = Make a bulletin
empty-next = Next: import the registry's data, then the exchange's; then draft and sign the first bulletin, which this page will show.
imports-first = Step three of three: put in the tables of the registration system and of the national system, the registry's first.
