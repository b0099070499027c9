package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/rollup"
)

// The logs of questions beside the generations: of people, and of the report
// pages when the site was built last.
const (
	queryLogName = "queries.jsonl"
	pageLogName  = "pages.jsonl"
	queryLogMax  = 4 << 20 // bytes; a full log is kept as .1, in the place of the one before
)

// queryLog appends the shape of each question to a file: which attributes,
// filters and measures, never the values filtered by. It must not stand in the
// way of an answer: what cannot be written is left out.
type queryLog struct {
	mu   sync.Mutex
	path string
}

// asked writes one question.
func (l *queryLog) asked(q olap.Asked) {
	q.Query = cube.Shape(q.Query)
	line, err := json.Marshal(q)
	if err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if info, err := os.Stat(l.path); err == nil && info.Size()+int64(len(line)) > queryLogMax {
		if os.Rename(l.path, l.path+".1") != nil {
			return
		}
	}
	f, err := os.OpenFile(l.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return
	}
	defer f.Close()
	_, _ = f.Write(append(line, '\n')) // the answer counts, not the log
}

// readQueryLog reads the questions of a log, equal ones together, and how many
// lines could not be read. A log that is not there has none.
func readQueryLog(path string) (questions []rollup.Question, bad int, err error) {
	known := map[string]int{}
	for _, name := range []string{path + ".1", path} {
		f, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, queryLogMax)
		for lines.Scan() {
			var q olap.Asked
			if json.Unmarshal(lines.Bytes(), &q) != nil || q.Query.Cube == "" {
				bad++
				continue
			}
			if q.Failed {
				continue
			}
			text, err := json.Marshal(q.Query)
			if err != nil {
				return nil, 0, errors.Join(err, f.Close())
			}
			id := q.Rollup + "\x00" + string(text)
			i, seen := known[id]
			if !seen {
				i = len(questions)
				known[id] = i
				questions = append(questions, rollup.Question{Query: q.Query, Rollup: q.Rollup})
			}
			questions[i].Asked++
			questions[i].Took += q.Took
		}
		if err := errors.Join(lines.Err(), f.Close()); err != nil {
			return nil, 0, fmt.Errorf("%s: %w", name, err)
		}
	}
	return questions, bad, nil
}

// logTo makes the options of a façade whose questions are logged.
func (a *app) logTo(dir, name string, o olap.Options) olap.Options {
	o.Asked, o.Clock = (&queryLog{path: filepath.Join(dir, name)}).asked, func() time.Time { return a.now() }
	return o
}
