"""
Policies and answers for who writes an authorizer by hand: `authorizers.PolicyBuilder`.

`policy_builder` is what people see; `target` and `condition` read what they write, `step` joins
the two, `draft` turns the steps into statements, `answer` renders and checks what is returned.
"""
