// Package names holds the vocabularies of the demo company: places, subjects,
// holidays, and the parts from which names of institutions, people, publishers
// and books are combined. Nobody and nothing real is meant by any name.
package names

import (
	"embed"
	"strings"
)

//go:embed *.csv *.txt
var files embed.FS

// Lines are the lines of an embedded list, without empty ones.
func Lines(name string) []string {
	text, err := files.ReadFile(name)
	if err != nil {
		panic("names: " + err.Error())
	}
	var out []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	return out
}

// Rows are the comma-separated fields of an embedded list.
func Rows(name string) [][]string {
	var out [][]string
	for _, line := range Lines(name) {
		out = append(out, strings.Split(line, ","))
	}
	return out
}

// Words are the words of one entry "key: word word …" of words.txt; an
// underscore stands for a space.
func Words(key string) []string {
	for _, line := range Lines("words.txt") {
		if k, rest, ok := strings.Cut(line, ":"); ok && k == key {
			words := strings.Fields(rest)
			for i := range words {
				words[i] = strings.ReplaceAll(words[i], "_", " ")
			}
			return words
		}
	}
	panic("names: no entry " + key + " in words.txt")
}
