package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// documents are what a reader is told: README.md and the folder docs.
func documents(t *testing.T) []string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("documents: %v, %d files", err, len(files))
	}
	return append(files, filepath.Join(root, "README.md"))
}

// TestDocumentedCommands: every command of the documents is one, with flags that
// it has, and those that read the demo company's published generation only are run.
func TestDocumentedCommands(t *testing.T) {
	t.Parallel()
	dir, _ := demoCompany(t, smallest...)
	reads := map[string]bool{"query": true, "sql": true, "models": true, "questions": true, "customer": true, "recommend": true, "why": true, "anomalies": true, "cubes": true, "lineage": true, "duplicates": true, "campaign": true}
	ran := 0
	for _, file := range documents(t) {
		for _, command := range documentedCommands(t, file) {
			args := fields(command)[1:]
			root := (&app{}).root()
			found, rest, err := root.Find(args)
			if err == nil {
				err = found.ParseFlags(rest)
			}
			if err != nil {
				t.Errorf("%s: %s: %v", filepath.Base(file), command, err)
				continue
			}
			if c := found.Flags().Lookup("config"); !reads[args[0]] || c == nil || c.Value.String() != "demo/verso.yaml" || strings.Contains(command, "--as ") {
				continue
			}
			ran++
			for i, a := range args {
				switch {
				case a == "demo/verso.yaml":
					args[i] = filepath.Join(dir, "verso.yaml")
				case i > 0 && (args[i-1] == "-o" || args[i-1] == "--out"):
					args[i] = filepath.Join(t.TempDir(), filepath.Base(a))
				}
			}
			if args[0] == "query" && strings.Contains(command, "margin_after_bonus") || strings.Contains(command, "--file q.yaml") {
				continue // needs a file that the document tells to write
			}
			verso(t, exitDone, args...)
		}
	}
	if ran < 40 {
		t.Errorf("%d commands of the documents were run, want 40 at least", ran)
	}
}

// documentedCommands are the lines of a document that start verso, alone or before
// what they print, without redirection.
func documentedCommands(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var commands []string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "$ ")
		if strings.HasPrefix(line, "bin/verso ") {
			commands = append(commands, regexp.MustCompile(` > [\w./]+$`).ReplaceAllString(line, ""))
		}
	}
	return commands
}

// fields are the words of a shell's line: parted by spaces outside quotes, up to a
// comment.
func fields(line string) []string {
	var words []string
	var word strings.Builder
	var quote rune
	open := false
	for _, r := range line + " " {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, open = r, true
		case quote == 0 && unicode.IsSpace(r):
			if open {
				words = append(words, word.String())
			}
			word.Reset()
			open = false
		case quote == 0 && r == '#' && !open:
			return words
		default:
			word.WriteRune(r)
			open = true
		}
	}
	return words
}

// TestDocumentedLinks: every link within the project leads to a file.
func TestDocumentedLinks(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)#]+)(#[^)]*)?\)`)
	for _, file := range documents(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), m[1])); err != nil {
				t.Errorf("%s: the link %s leads nowhere", filepath.Base(file), m[1])
			}
		}
	}
}

// TestDocumentedOutput holds the output that the documents show against what the
// commands print. VERSO_DOCS is a folder in which make demo was run and whose
// demo/catalog/own.yaml is that of docs/cubes.md; its log of questions is begun
// anew, for advice follows from it. Documents shorten by "…".
func TestDocumentedOutput(t *testing.T) {
	folder := os.Getenv("VERSO_DOCS")
	if folder == "" {
		t.Skip("VERSO_DOCS names no folder with the demo company at scale 1")
	}
	files := documents(t)
	t.Chdir(folder)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range regexp.MustCompile("(?ms)^```\n(\\$ .*?)^```").FindAllStringSubmatch(string(text), -1) {
			if err := os.Remove(filepath.Join("demo", "warehouse", queryLogName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			for _, shown := range strings.Split("\n"+block[1], "\n$ ")[1:] {
				command, output, _ := strings.Cut(shown, "\n")
				stdout, stderr := verso(t, exitDone, fields(command)[1:]...)
				for _, line := range missing(output, stdout+stderr) {
					t.Errorf("%s: %s does not print %q\n%s", filepath.Base(file), command, line, stdout)
				}
			}
		}
	}
}

// missing are the lines shown that do not stand in what was printed, in order;
// spaces count as one, and "…" is whatever.
func missing(shown, printed string) []string {
	got, at := strings.Split(printed, "\n"), 0
	var lost []string
	for _, line := range strings.Split(shown, "\n") {
		if strings.Trim(line, "─ …") == "" {
			continue
		}
		var parts []string
		for _, part := range strings.Split(strings.Join(strings.Fields(line), " "), "…") {
			parts = append(parts, regexp.QuoteMeta(part))
		}
		want := regexp.MustCompile(strings.Join(parts, ".*"))
		found := slices.IndexFunc(got[at:], func(s string) bool { return want.MatchString(strings.Join(strings.Fields(s), " ")) })
		if found < 0 {
			lost = append(lost, line)
			continue
		}
		at += found + 1
	}
	return lost
}
