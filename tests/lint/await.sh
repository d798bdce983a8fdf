# g++ 12 miscompiles some coroutine forms (double free, no warning). An await is therefore the whole right
# side of its statement, its arguments are named, and it stands on one line.
files=$(grep -rlE 'co_await' rules server tests --include='*.cpp' --include='*.h')
[ -z "$files" ] && exit 0
# shellcheck disable=SC2086
bad=$(
  grep -nH co_await $files | sed -E 's,//.*$,,' | grep co_await |
    grep -vE '^[^:]+:[0-9]+:[[:space:]]*((const )?auto&?&? (\[[a-z_, ]+\]|[a-z_0-9]+) = |(const )?[A-Za-z_:]+ [a-z_0-9]+ = |[a-z_][][a-zA-Z_0-9.>-]* = |co_return )?co_await [^{]*;?[[:space:]]*$'
  grep -nHE 'co_await .*co_await|co_await \[' $files | grep -v 'co_return co_await'
)
[ -z "$bad" ] && exit 0
echo "an await must be a whole statement with named arguments:"
echo "$bad"
exit 1
