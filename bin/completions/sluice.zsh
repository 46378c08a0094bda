#compdef sluice
# zsh completion of sluice. To have it in this shell: source <(sluice completions zsh)

# Rows "behind|kind|word|what it does".
typeset -g _sluice_table='@TABLE@'

# Into `reply`: "word|what it does" of the rows that begin with $1.
_sluice_rows() {
  local -a rows
  rows=("${(@f)_sluice_table}")
  reply=("${(@)${(@M)rows:#$1*}#*\|*\|}")
}

# Offers the rows of `reply`, each with what it does.
_sluice_offer() {
  local -a described
  local row
  for row in "$reply[@]"; do
    described+=("${${row%%\|*}//:/\\:}:${row#*\|}")
  done
  (( $#described )) && _describe "$1" described "${@:2}"
}

# What may be given to the flag $2 of the command $1.
_sluice_values() {
  local behind
  for behind in "$1" '*'; do
    _sluice_rows "$behind|file|$2|"
    if (( $#reply )); then
      _files
      return
    fi
    _sluice_rows "$behind|value|$2="
    if (( $#reply )); then
      compadd -- "${(@)${(@)reply#*=}%%\|*}"
      return
    fi
  done
  _sluice_ask
}

# Names that the server knows; what ends in = goes on.
_sluice_ask() {
  local -a names
  names=("${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2> /dev/null < /dev/null)}")
  compadd -S '' -- "${(@M)names:#*=}"
  compadd -- "${(@)names:#(*=|)}"
}

_sluice() {
  local word kind pending='' command
  local -a positional reply
  for word in "${(@)words[2,CURRENT-1]}"; do
    if [[ -n $pending ]]; then
      pending=''
    elif [[ $word == --*=* ]]; then
      :
    elif [[ $word == -* ]]; then
      [[ $_sluice_table == *"|flag|$word|"* || $_sluice_table == *"|file|$word|"* ]] && pending=$word
    else
      positional+=("$word")
    fi
  done
  command=$positional[1]
  _sluice_rows "$command|word|$positional[2]|"
  (( $#positional > 1 && $#reply )) && command+=" $positional[2]"
  if [[ -n $pending ]]; then
    _sluice_values "$command" "$pending"
  elif [[ $PREFIX == --*=* ]]; then
    pending=${PREFIX%%=*}
    compset -P '*='
    _sluice_values "$command" "$pending"
  elif [[ $PREFIX == -* ]]; then
    for kind in switch flag file; do
      _sluice_rows "$command|$kind|"
      _sluice_offer flag
      [[ $command == (up|serve|admin) ]] && continue
      _sluice_rows "*|$kind|"
      _sluice_offer flag
    done
  elif (( $#positional == 0 )); then
    _sluice_rows '|word|'
    _sluice_offer command
  else
    _sluice_rows "$command|word|"
    if (( $#positional == 1 && $#reply )); then
      _sluice_offer command
      return
    fi
    _sluice_rows "$command|path|"
    (( $#reply )) && _files
    _sluice_ask
  fi
}

compdef _sluice sluice
