package sqlworker

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ParameterError says that the parameters given are not those of the statement.
type ParameterError struct{ Message string }

// Error says what is wrong.
func (e *ParameterError) Error() string { return e.Message }

// arguments are the values of a statement's parameters, in the order of names.
func arguments(given json.RawMessage, names []string) ([]any, error) {
	given = bytes.TrimSpace(given)
	if len(given) == 0 || string(given) == "null" {
		if len(names) > 0 {
			return nil, &ParameterError{fmt.Sprintf("the statement has %d parameters (%s) and no values for them", len(names), shownNames(names))}
		}
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(given))
	d.UseNumber()
	if given[0] == '[' {
		var list []any
		if err := d.Decode(&list); err != nil {
			return nil, &ParameterError{"parameters: " + err.Error()}
		}
		return ordered(list, names)
	}
	var named map[string]any
	if err := d.Decode(&named); err != nil {
		return nil, &ParameterError{"parameters: give a list for ? and $1, or an object for $name"}
	}
	for name := range named {
		if !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }) {
			return nil, &ParameterError{fmt.Sprintf("the statement has no parameter $%s; it has %s", name, shownNames(names))}
		}
	}
	var args []any
	for _, n := range names {
		v, ok := valueNamed(named, n)
		if !ok {
			return nil, &ParameterError{fmt.Sprintf("the parameter $%s has no value", n)}
		}
		a, err := argument(v)
		if err != nil {
			return nil, err
		}
		args = append(args, a)
	}
	return args, nil
}

func valueNamed(named map[string]any, name string) (any, bool) {
	for n, v := range named {
		if strings.EqualFold(n, name) {
			return v, true
		}
	}
	return nil, false
}

// ordered takes the values of a list: the n-th is that of $n.
func ordered(list []any, names []string) (args []any, err error) {
	if len(list) != len(names) {
		return nil, &ParameterError{fmt.Sprintf("the statement has %d parameters, %d values were given", len(names), len(list))}
	}
	for i, n := range names {
		at := i
		if number, err := strconv.Atoi(n); err == nil && number >= 1 && number <= len(list) {
			at = number - 1
		}
		a, err := argument(list[at])
		if err != nil {
			return nil, err
		}
		args = append(args, a)
	}
	return args, nil
}

// argument is a JSON value for the engine.
func argument(v any) (any, error) {
	switch v := v.(type) {
	case nil, bool, string:
		return v, nil
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n, nil
		}
		f, err := v.Float64()
		if err != nil {
			return nil, &ParameterError{"parameters: " + v.String() + " is too large a number; give it as text"}
		}
		return f, nil
	}
	return nil, &ParameterError{"parameters: texts, numbers, true, false and null; no lists and objects"}
}

func shownNames(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	shown := make([]string, len(names))
	for i, n := range names {
		shown[i] = "$" + n
	}
	return strings.Join(shown, ", ")
}
