package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// stepEvent is the beginning or the end of one step of a long command.
type stepEvent struct {
	name     string
	n, total int // 1-based place among the steps
	done     bool
	rows     int64
	took     time.Duration
	note     string
}

// progress shows the steps of a long command.
type progress interface {
	step(stepEvent)
	close()
}

// newProgress shows a live line on a terminal. Elsewhere the refresh's own log
// lines tell the same.
func newProgress(w io.Writer) progress {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return newLiveProgress(f)
	}
	return noProgress{}
}

type noProgress struct{}

func (noProgress) step(stepEvent) {}
func (noProgress) close()         {}

// liveProgress keeps one moving line below the lines of finished steps.
type liveProgress struct {
	container *mpb.Progress
	bar       *mpb.Bar
	mu        sync.Mutex
	line      string
}

func newLiveProgress(w io.Writer) *liveProgress {
	p := &liveProgress{container: mpb.New(mpb.WithOutput(w), mpb.WithWidth(20), mpb.WithRefreshRate(100*time.Millisecond))}
	p.bar = p.container.New(0, mpb.SpinnerStyle(),
		mpb.BarRemoveOnComplete(),
		mpb.AppendDecorators(
			decor.Any(func(decor.Statistics) string {
				p.mu.Lock()
				defer p.mu.Unlock()
				return p.line
			}),
			decor.Elapsed(decor.ET_STYLE_MMSS, decor.WC{W: 7})))
	return p
}

func (p *liveProgress) step(e stepEvent) {
	p.mu.Lock()
	p.line = fmt.Sprintf("[%d/%d] %s", e.n, e.total, e.name)
	p.mu.Unlock()
	if !e.done {
		return
	}
	line := fmt.Sprintf("  %-10s %14s rows %8s  %s", e.name, thousands(e.rows), e.took.Round(time.Millisecond), e.note)
	fmt.Fprintln(p.container, strings.TrimRight(line, " "))
}

func (p *liveProgress) close() {
	p.bar.SetTotal(-1, true)
	p.container.Wait()
}

// thousands writes a count with a comma between groups of three digits.
func thousands(n int64) string {
	digits := fmt.Sprint(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}
