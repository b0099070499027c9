package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/cube/text"
)

// isQuestion reports whether the arguments are a question as text, not the name
// of a cube.
func isQuestion(args []string) bool {
	return len(args) > 1 || len(args) == 1 && strings.ContainsAny(strings.TrimSpace(args[0]), " \t\n\u3000")
}

// question is the question of a command line, from wherever it comes.
func (a *app) question(f *queryFlags, args []string, o *olap.Olap) (cube.Query, error) {
	asOf, err := dateOf(o.Run().AsOf)
	if err != nil {
		return cube.Query{}, err
	}
	switch {
	case f.file != "":
		return a.readQuestion(f.file, o.Model(), asOf)
	case isQuestion(args):
		return parseArguments(args, o.Model(), asOf)
	case len(args) == 0:
		return cube.Query{}, usagef("verso query", "name a cube: %s", strings.Join(cube.CubeNames(o.Model()), ", "))
	}
	return f.query(args[0], asOf)
}

// parseArguments reads a question from arguments. The shell has taken the quotes
// of a value with blanks, as in where customer.name = "Chen Wei", so that an
// argument with blanks is tried as one name or value first, and then as a piece
// of text.
func parseArguments(args []string, m *cube.Model, asOf time.Time) (cube.Query, error) {
	if len(args) > 1 {
		quoted := make([]string, len(args))
		for i, arg := range args {
			quoted[i] = arg
			if arg == "" || strings.ContainsAny(arg, " \t\n") {
				quoted[i] = cube.Quote(arg)
			}
		}
		if q, err := text.ParseWith(m, strings.Join(quoted, " "), asOf); err == nil {
			return q, nil
		}
	}
	return text.ParseWith(m, strings.Join(args, " "), asOf)
}

// yamlStart is how a question in YAML begins.
var yamlStart = regexp.MustCompile(`^(---|#[^\n]*\n|\s)*["']?[a-z]+["']?\s*:(\s|$)`)

// readQuestion reads a question from a file, or from the standard input, "-", where
// its form is told by how it begins.
func (a *app) readQuestion(path string, m *cube.Model, asOf time.Time) (cube.Query, error) {
	in := a.stdin
	form := strings.ToLower(filepath.Ext(path))
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return cube.Query{}, usagef("verso query", "--file: %v", err)
		}
		defer file.Close()
		in = file
	}
	data, err := io.ReadAll(io.LimitReader(in, cube.MaxText+1))
	if err != nil {
		return cube.Query{}, fmt.Errorf("--file %s: %w", path, err)
	}
	if path == "-" {
		switch begin := strings.TrimLeft(string(data), "\ufeff \t\r\n"); {
		case strings.HasPrefix(begin, "{"):
			form = ".json"
		case yamlStart.MatchString(begin):
			form = ".yaml"
		}
	}
	var q cube.Query
	switch form {
	case ".json":
		q, err = cube.DecodeJSON(data)
	case ".yaml", ".yml":
		q, err = cube.DecodeYAML(data)
	default:
		q, err = text.ParseWith(m, strings.TrimPrefix(string(data), "\ufeff"), asOf)
	}
	if err != nil {
		return q, fmt.Errorf("--file %s: %w", path, err)
	}
	return q, nil
}

// printQuestion writes a question as text, json or yaml.
func (a *app) printQuestion(q cube.Query, form string) error {
	var data []byte
	var err error
	switch form {
	case "json":
		data, err = cube.EncodeJSON(q)
	case "yaml":
		data, err = cube.EncodeYAML(q)
	default:
		data = []byte(text.Format(cube.Canonical(q)) + "\n")
	}
	if err != nil {
		return err
	}
	_, err = a.stdout.Write(data)
	return err
}
