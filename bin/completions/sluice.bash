# bash completion of sluice. To have it in this shell: source <(sluice completions bash)

# Rows "behind|kind|word".
_sluice_table='@TABLE@'

# The words of the rows that begin with $1.
_sluice_rows() {
  local row
  while IFS= read -r row; do
    [[ $row == "$1"* ]] && printf '%s\n' "${row##*|}"
  done <<< "$_sluice_table"
}

_sluice_has_row() {
  [[ $'\n'$_sluice_table$'\n' == *$'\n'"$1"$'\n'* ]]
}

_sluice_has_rows_with() {
  [[ $'\n'$_sluice_table == *$'\n'"$1"* ]]
}

# Whether a flag takes a value.
_sluice_takes_value() {
  [[ $_sluice_table$'\n' == *"|flag|$1"$'\n'* || $_sluice_table$'\n' == *"|file|$1"$'\n'* ]]
}

# What may be given to the flag $2 of the command $1.
_sluice_values() {
  local behind
  for behind in "$1" '*'; do
    if _sluice_has_row "$behind|file|$2"; then
      compgen -f -- "$value"
      return
    fi
    if _sluice_has_rows_with "$behind|value|$2="; then
      compgen -W "$(_sluice_rows "$behind|value|$2=" | sed 's/^[^=]*=//')" -- "$value"
      return
    fi
  done
  _sluice_ask
}

_sluice_flags() {
  local kind
  for kind in switch flag file; do
    _sluice_rows "$1|$kind|"
    case $1 in up | serve | admin) ;; *) _sluice_rows "*|$kind|" ;; esac
  done
}

# Names that the server knows.
_sluice_ask() {
  compgen -W "$("${words[0]}" __complete "${words[@]:1}" 2> /dev/null < /dev/null)" -- "$value"
}

_sluice() {
  local line=${COMP_LINE:0:COMP_POINT} words word found current value command pending='' before='' positional=()
  # Bash itself takes words apart at =, : and @, too.
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  current=${words[-1]}
  value=$current
  for word in "${words[@]:1:${#words[@]}-2}"; do
    if [[ $pending ]]; then
      pending=''
    elif [[ $word == --*=* ]]; then
      :
    elif [[ $word == -* ]]; then
      _sluice_takes_value "$word" && pending=$word
    else
      positional+=("$word")
    fi
  done
  command=${positional[0]}
  _sluice_has_row "$command|word|${positional[1]}" && command+=" ${positional[1]}"
  if [[ ! $pending && $current == --*=* ]]; then
    pending=${current%%=*}
    value=${current#*=}
  fi
  if [[ $pending ]]; then
    found=$(_sluice_values "$command" "$pending")
  elif [[ $current == -* ]]; then
    found=$(compgen -W "$(_sluice_flags "$command")" -- "$current")
  elif [[ ${#positional[@]} -eq 0 ]]; then
    found=$(compgen -W "$(_sluice_rows '|word|')" -- "$current")
  elif [[ ${#positional[@]} -eq 1 ]] && _sluice_has_rows_with "$command|word|"; then
    found=$(compgen -W "$(_sluice_rows "$command|word|")" -- "$current")
  elif _sluice_has_rows_with "$command|path|"; then
    found=$(_sluice_ask; compgen -f -- "$current")
  else
    found=$(_sluice_ask)
  fi
  # What stands before the last of these is no part of the word for bash.
  [[ $value == *[=:@]* ]] && before=${value%"${value##*[=:@]}"}
  COMPREPLY=()
  while IFS= read -r word; do
    [[ $word ]] && COMPREPLY+=("${word#"$before"}")
  done <<< "$found"
  [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2> /dev/null
  return 0
}

complete -F _sluice sluice
