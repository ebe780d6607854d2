# Sign-in and account
sign-in-title = Sign in
sign-in-lead = For officers of the departments and for registrars. Published bulletins and statistics need no sign-in.
sign-in-name = Sign-in name
sign-in-password = Password
sign-in-help = Without an account, or with a forgotten password, turn to your administrator. A session ends after twelve hours, or after two hours without use.
