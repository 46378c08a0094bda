# fish completion of sluice. To have it in this shell: sluice completions fish | source

# Rows "behind|kind|word|what it does".
set -g __sluice_table (string split \n -- '@TABLE@')

# "word<tab>what it does" of the rows that begin with the argument.
function __sluice_rows
    set -l escaped (string escape --style=regex -- $argv[1])
    string match -r -- "^$escaped.*" $__sluice_table | string replace -r -- '^[^|]*\|[^|]*\|' '' | string replace -- '|' \t
end

# What may be given to the flag $argv[2] of the command $argv[1].
function __sluice_values
    for behind in $argv[1] '*'
        if test (count (__sluice_rows "$behind|file|$argv[2]|")) -gt 0
            __fish_complete_path $argv[3]
            return
        end
        set -l values (__sluice_rows "$behind|value|$argv[2]=" | string replace -r -- '^[^=]*=([^\t]*).*' '$1')
        if test (count $values) -gt 0
            printf '%s\n' $values
            return
        end
    end
    __sluice_ask
end

# Names that the server knows.
function __sluice_ask
    set -l words (commandline -opc) (commandline -ct)
    $words[1] __complete $words[2..-1] 2>/dev/null </dev/null
end

function __sluice_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l pending ''
    set -l positional
    for word in $words[2..-1]
        if test -n "$pending"
            set pending ''
        else if string match -q -- '--*=*' $word
            continue
        else if string match -q -- '-*' $word
            string match -q -- "*|flag|$word|*" $__sluice_table; and set pending $word
            string match -q -- "*|file|$word|*" $__sluice_table; and set pending $word
        else
            set -a positional $word
        end
    end
    set -l command "$positional[1]"
    if test (count $positional) -gt 1; and test (count (__sluice_rows "$command|word|$positional[2]|")) -gt 0
        set command "$command $positional[2]"
    end
    if test -n "$pending"
        __sluice_values $command $pending $current
    else if string match -q -- '--*=*' $current
        set -l parts (string split -m 1 = -- $current)
        __sluice_values $command $parts[1] $parts[2] | string replace -r -- '^' "$parts[1]="
    else if string match -q -- '-*' $current
        for kind in switch flag file
            __sluice_rows "$command|$kind|"
            contains -- $command up serve admin; or __sluice_rows "*|$kind|"
        end
    else if test (count $positional) -eq 0
        __sluice_rows '|word|'
    else if test (count $positional) -eq 1; and test (count (__sluice_rows "$command|word|")) -gt 0
        __sluice_rows "$command|word|"
    else
        test (count (__sluice_rows "$command|path|")) -gt 0; and __fish_complete_path $current
        __sluice_ask
    end
end

complete -c sluice -f -a '(__sluice_complete)'
