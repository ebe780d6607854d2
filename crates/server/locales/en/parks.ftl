# Park lists
parks-title = Park lists
parks-lead = A contract counts in a park by the park's company list on the day of registration. Send the whole new list when something changes.
parks-due = { COUNT($all) ->
    [one] { $all } park
   *[other] { $all } parks
 }, { COUNT($due) ->
    [one] { $due } list missing or older than six months
   *[other] { $due } lists missing or older than six months
 }
parks-done = The list is renewed: { COUNT($companies) ->
    [one] { $companies } company
   *[other] { $companies } companies
 }; { COUNT($moved) ->
    [one] { $moved } contract changed its park.
   *[other] { $moved } contracts changed their park.
 }
parks-refused = The list was not imported; mend it and choose the file again:
parks-park = Park
parks-file = Company list (XLSX or CSV)
parks-file-hint = Header: 企业名称, 统一社会信用代码, 入园日期, 退出日期. The differences from the present list are shown first; nothing counts before you confirm.
parks-send = Upload and compare
parks-lists = Lists of the parks
parks-none = There is no park that you may see.
parks-count = Companies
parks-imported = Sent on
parks-never = never
parks-is-due = Due
parks-is-new = In force
parks-companies = { COUNT($count) ->
    [one] { $count } company
   *[other] { $count } companies
 }
parks-twice = Companies that several parks list
parks-twice-note = Their contracts count in no park until one of the lists is mended.
parks-twice-none = No company is listed twice.
parks-unmatched = Companies without contracts
parks-unmatched-note = On a list but party to no contract: perhaps there is none yet, perhaps name or code is misspelt.
parks-company = Company
parks-code = Credit code
parks-summary = The new list has { COUNT($companies) ->
    [one] { $companies } company
   *[other] { $companies } companies
 }: { $unchanged } as before, { $added } added, { $changed } changed, { $left } left out.
parks-confirm = Confirm
parks-drop = Do not use it
parks-differences = Differences from the present list
parks-difference = Difference
parks-same = It is the same as the present list.
parks-days = In the park
parks-before = Before
parks-added = Added
parks-left = Left out
parks-changed = Changed
