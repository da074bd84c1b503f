/// The script that a shell reads once: it asks the program, at each press of the tab key, what may stand there.
enum CompletionScript: String, CaseIterable {
    case bash, zsh, fish

    /// The first word of such a question. It is no command, so that no list of commands has it.
    static let request = "---complete"

    /// The shell's text. The first line of an answer has `files` and `nospace`, where they hold; then each line is a
    /// candidate.
    var text: String {
        switch self {
        case .bash: CompletionScript.bashText
        case .zsh: CompletionScript.zshText
        case .fish: CompletionScript.fishText
        }
    }

    // bash divides words at = and : too, and replaces what is behind the last: $2.
    private static let bashText = """
        # bash completion for highwater

        _highwater() {
            local -a answer
            mapfile -t answer < <("${COMP_WORDS[0]}" \(request) bash "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)
            COMPREPLY=("${answer[@]:1}")
            if [[ ${answer[0]} == *files* ]]; then
                compopt -o filenames 2>/dev/null
                mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$2")
            fi
            if [[ ${answer[0]} == *nospace* ]]; then compopt -o nospace 2>/dev/null; fi
        }

        complete -F _highwater highwater

        """

    private static let zshText = """
        #compdef highwater

        _highwater() {
            local line="${(j: :)words[1,CURRENT-1]} $QIPREFIX$IPREFIX$PREFIX" word
            local -a answer candidates space
            answer=("${(@f)$("${words[1]}" \(request) zsh "$line" 2>/dev/null)}")
            # A colon parts a candidate from its meaning.
            for word in "${(@)answer[2,-1]}"; do
                candidates+=("${${word%%$'\\t'*}//:/\\\\:}:${word#*$'\\t'}")
            done
            [[ $answer[1] == *nospace* ]] && space=(-S '')
            (( $#candidates )) && _describe -V value candidates "${space[@]}"
            [[ $answer[1] == *files* ]] && _files
        }

        if [[ $funcstack[1] == _highwater ]]; then _highwater "$@"; else compdef _highwater highwater; fi

        """

    private static let fishText = """
        # fish completion for highwater

        function __highwater_complete
            set -l command (commandline -opc)[1]
            set -l answer (command $command \(request) fish (commandline -cp) 2>/dev/null)
            string join \\n -- $answer[2..]
            if string match -q '*files*' -- $answer[1]
                __fish_complete_path (commandline -ct)
            end
        end

        complete -c highwater -f -k -a '(__highwater_complete)'

        """
}
