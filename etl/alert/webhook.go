package alert

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Webhook posts messages as JSON: text (the whole message, the field that chat
// services show), subject, company, created, begun and over.
type Webhook struct {
	// Address and Headers are looked up when a message is sent; what they return
	// is secret and never part of an error.
	Address func() (string, error)
	Headers func() (map[string]string, error)
	Company string
	Client  *http.Client // nil: one that waits at most half a minute
}

// Send posts a message. Any answer of 200 to 299 is success; redirects are not
// followed, so that the headers go nowhere else.
func (h Webhook) Send(ctx context.Context, m Message) error {
	address, err := h.Address()
	if err != nil {
		return err
	}
	headers, err := h.Headers()
	if err != nil {
		return err
	}
	payload, err := json.Marshal(map[string]any{"text": m.Subject + "\n\n" + m.Text, "subject": m.Subject, "company": h.Company,
		"id": m.ID, "created": m.Created.UTC().Format(time.RFC3339), "begun": list(m.Begun), "over": list(m.Over)})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(payload))
	if err != nil {
		return errors.New("webhook: its address is no web address")
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "verso")
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	client := http.Client{Timeout: 30 * time.Second}
	if h.Client != nil {
		client = *h.Client
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := client.Do(request)
	if err != nil {
		var withAddress *url.Error
		if errors.As(err, &withAddress) {
			err = withAddress.Err // without the address, which may hold a secret
		}
		return fmt.Errorf("webhook at %s: %w", request.URL.Hostname(), err)
	}
	defer response.Body.Close()
	// What it answers beside the status does not matter; it is read so that the
	// connection can be used again.
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<16))
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return fmt.Errorf("webhook at %s: answered %s", request.URL.Hostname(), response.Status)
	}
	return nil
}

// list is a list that is never null in JSON.
func list(all []Condition) []Condition {
	if all == nil {
		return []Condition{}
	}
	return all
}
