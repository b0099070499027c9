package alert

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Message is one alert on its way to people.
type Message struct {
	ID      string      `json:"id"`
	Channel string      `json:"channel"` // who sends it: email, webhook
	Created time.Time   `json:"created"`
	Subject string      `json:"subject"`
	Text    string      `json:"text"`
	Begun   []Condition `json:"begun,omitempty"`
	Over    []Condition `json:"over,omitempty"`
	Tries   int         `json:"tries,omitempty"`
	Next    time.Time   `json:"next,omitzero"` // not tried again before
}

// Sender delivers a message, or says why it cannot. Its error must not hold a
// secret: it is logged.
type Sender func(ctx context.Context, m Message) error

// Box is what was told and what is still to be sent, in a file of its own.
type Box struct {
	Path    string // such as warehouse/alerts.json
	Company string // begins the subjects; "" for none
	Senders map[string]Sender
	Log     *slog.Logger
}

// content is what the file holds.
type content struct {
	Told   map[string]Condition `json:"told"`   // by key
	Outbox []Message            `json:"outbox"` // oldest first
	Serial int                  `json:"serial"` // of the last message
}

// What cannot be sent is tried again after a minute, then twice as long each
// time, up to an hour, for a week.
const (
	firstWait  = time.Minute
	longest    = time.Hour
	forgetting = 7 * 24 * time.Hour
)

// Tell compares what is wrong now with what was told, writes a message for the
// difference, and sends what waits. That a message could not be sent is logged,
// not an error: the file keeps it. Two processes may tell at once; one waits.
func (b *Box) Tell(ctx context.Context, now time.Time, conditions []Condition) error {
	return b.locked(func() error {
		c, err := b.read()
		if err != nil {
			return err
		}
		begun, over := c.compare(conditions)
		if len(begun)+len(over) > 0 {
			c.Serial++
			for _, channel := range slices.Sorted(maps.Keys(b.Senders)) {
				c.Outbox = append(c.Outbox, b.compose(c.Serial, channel, now, begun, over))
			}
			if err := b.write(c); err != nil {
				return err
			}
		}
		return b.deliver(ctx, now, c)
	})
}

// Deliver sends what waits.
func (b *Box) Deliver(ctx context.Context, now time.Time) error {
	if _, err := os.Stat(b.Path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return b.locked(func() error {
		c, err := b.read()
		if err != nil {
			return err
		}
		return b.deliver(ctx, now, c)
	})
}

// compare takes the conditions of now over and lists what is new and what is
// gone.
func (c *content) compare(now []Condition) (begun, over []Condition) {
	still := map[string]bool{}
	for _, x := range now {
		still[x.Key] = true
		if before, told := c.Told[x.Key]; !told || before.Mark != x.Mark {
			begun = append(begun, x)
		}
		c.Told[x.Key] = x
	}
	for _, key := range slices.Sorted(maps.Keys(c.Told)) {
		if x := c.Told[key]; !still[key] {
			if !x.Past {
				over = append(over, x)
			}
			delete(c.Told, key)
		}
	}
	return begun, over
}

// compose writes the message of a difference.
func (b *Box) compose(serial int, channel string, now time.Time, begun, over []Condition) Message {
	m := Message{ID: fmt.Sprintf("%d-%s", serial, channel), Channel: channel, Created: now, Begun: begun, Over: over}
	var names []string
	var text strings.Builder
	for _, c := range begun {
		names = append(names, c.Subject)
		fmt.Fprintf(&text, "%s\n%s\n\n", strings.ToUpper(c.Subject[:1])+c.Subject[1:], indent(c.Text))
	}
	for _, c := range over {
		names = append(names, "over: "+c.Subject)
		fmt.Fprintf(&text, "Over: %s\n\n", c.Subject)
	}
	m.Subject = names[0]
	if len(names) > 1 {
		m.Subject += fmt.Sprintf(", and %d more", len(names)-1)
	}
	if b.Company != "" {
		m.Subject = b.Company + ": " + m.Subject
	}
	m.Text = strings.TrimSpace(text.String()) + "\n"
	return m
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ")
}

// deliver sends the messages that are due and keeps those that could not be
// sent.
func (b *Box) deliver(ctx context.Context, now time.Time, c *content) error {
	changed := false
	var left []Message
	for _, m := range c.Outbox {
		send := b.Senders[m.Channel]
		switch {
		case now.Sub(m.Created) > forgetting:
			b.Log.Error("alert given up: it could not be sent for a week", "channel", m.Channel, "alert", m.Subject)
			changed = true
			continue
		case send == nil || now.Before(m.Next) || ctx.Err() != nil:
			left = append(left, m)
			continue
		}
		changed = true
		err := send(ctx, m)
		if err == nil {
			b.Log.Info("alert sent", "channel", m.Channel, "alert", m.Subject)
			continue
		}
		m.Tries++
		wait := min(firstWait<<min(m.Tries-1, 10), longest)
		m.Next = now.Add(wait)
		b.Log.Warn("alert could not be sent; it is tried again", "channel", m.Channel, "alert", m.Subject, "tries", m.Tries, "wait", wait, "error", err)
		left = append(left, m)
	}
	if !changed {
		return nil
	}
	c.Outbox = left
	return b.write(c)
}

// locked runs f while no other process works on the file.
func (b *Box) locked(f func() error) (err error) {
	lock, err := os.OpenFile(b.Path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("lock %s: %w", lock.Name(), err)
	}
	return f()
}

// read reads the file. One that cannot be understood is set aside: to tell twice
// is better than not at all.
func (b *Box) read() (*content, error) {
	c := &content{Told: map[string]Condition{}}
	text, err := os.ReadFile(b.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, c); err != nil {
		b.Log.Warn("the file of alerts is damaged; it is set aside and begun anew", "path", b.Path, "error", err)
		return &content{Told: map[string]Condition{}}, os.Rename(b.Path, b.Path+".damaged")
	}
	if c.Told == nil {
		c.Told = map[string]Condition{}
	}
	return c, nil
}

// write replaces the file, durable.
func (b *Box) write(c *content) error {
	text, err := json.MarshalIndent(c, "", " ")
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Clean(b.Path+".tmp"), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(b.Path+".tmp", b.Path)
}

// Pending counts the messages that wait; 0 when the file cannot be read.
func (b *Box) Pending() int {
	text, err := os.ReadFile(b.Path)
	if err != nil {
		return 0
	}
	c := content{}
	if json.Unmarshal(text, &c) != nil {
		return 0
	}
	return len(c.Outbox)
}
