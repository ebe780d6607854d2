# Which type of contract
contract-type-title = Which type of contract it is
contract-type-lead = A few questions lead to the type to apply for. The result is a help; the registrar decides.
contract-type-found = By your answers, the type to apply for is:
contract-type-found-next = Choose this type when you apply, and have the clauses ready that show it. The registrar decides.
contract-type-refused = By your answers, this contract is not registered:
contract-type-basis = Basis:
contract-type-pending = (to be confirmed)
contract-type-refused-next = If it has a technical part, put that part into a contract of its own, or ask a registrar.
contract-type-nothing = This region has no such questions yet. Ask a registrar.
contract-type-given = Your answers
contract-type-again = Answer anew
contract-type-restart = Begin again
contract-type-take = Go on with the application, with this type
