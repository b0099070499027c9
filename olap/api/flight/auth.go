package flight

import (
	"context"
	"crypto/rand"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"

	"verso/olap/access"
)

// handshake is the call by which a client trades a name and password for a token.
const handshake = "/arrow.flight.protocol.FlightService/Handshake"

type personKey struct{}

func personOf(ctx context.Context) (access.Person, bool) {
	p, ok := ctx.Value(personKey{}).(access.Person)
	return p, ok
}

// unary lets a call in whose caller is known.
func (s *Server) unary(ctx context.Context, request any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	person, err := s.authenticate(ctx)
	if err != nil {
		return nil, status(err)
	}
	answer, err := next(context.WithValue(ctx, personKey{}, person), request)
	return answer, status(err)
}

// stream is unary for streams, and answers the handshake.
func (s *Server) stream(server any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	person, err := s.authenticate(stream.Context())
	if err != nil {
		return status(err)
	}
	if info.FullMethod == handshake {
		token := metadata.Pairs("authorization", "Bearer "+s.sessions.begin(s.asHTTP(stream.Context()).Header.Get("Authorization")))
		stream.SetTrailer(token)
		return stream.SendHeader(token)
	}
	return status(next(server, &known{stream, context.WithValue(stream.Context(), personKey{}, person)}))
}

// known is a stream of a person who was let in.
type known struct {
	grpc.ServerStream
	ctx context.Context
}

// Context names the person.
func (k *known) Context() context.Context { return k.ctx }

// authenticate asks the gate, which is shown the call as the HTTP request that it
// is. It is asked at every call, also of a session, so that who is taken out or
// given other roles is so at once.
func (s *Server) authenticate(ctx context.Context) (access.Person, error) {
	return s.o.Gate.Authenticate(s.asHTTP(ctx))
}

// asHTTP is a call as the gate knows requests: with the credentials of the
// handshake where it carries the token of one.
func (s *Server) asHTTP(ctx context.Context) *http.Request {
	r := (&http.Request{Method: http.MethodPost, Header: http.Header{}}).WithContext(ctx)
	headers, _ := metadata.FromIncomingContext(ctx)
	if authority := headers.Get(":authority"); len(authority) == 1 {
		r.Host = authority[0]
	}
	for name, values := range headers {
		if !strings.HasPrefix(name, ":") {
			r.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	if p, ok := peer.FromContext(ctx); ok {
		r.RemoteAddr = p.Addr.String()
		if _, _, err := net.SplitHostPort(r.RemoteAddr); err != nil {
			r.RemoteAddr = "" // no network
		}
	}
	authorization := r.Header.Get("Authorization")
	if token, ok := strings.CutPrefix(authorization, "Bearer "); ok {
		if credentials, ok := s.sessions.credentials(token); ok {
			authorization = credentials
		}
	}
	// Arrow's clients leave the padding of base64 out, which HTTP asks for.
	if strings.HasPrefix(authorization, "Basic ") {
		for len(strings.TrimPrefix(authorization, "Basic "))%4 != 0 {
			authorization += "="
		}
	}
	r.Header.Del("Authorization")
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	return r
}

// sessions are the tokens given out by handshakes.
type sessions struct {
	now func() time.Time

	mu   sync.Mutex
	open map[string]session
}

// session is what a client said of itself in its handshake.
type session struct {
	authorization string // the header; "" where the gate asked for none
	until         time.Time
}

const (
	sessionTime = 8 * time.Hour
	maxSessions = 10_000
)

func newSessions(now func() time.Time) *sessions {
	return &sessions{now: now, open: map[string]session{}}
}

// begin gives a token for credentials that the gate has taken.
func (s *sessions) begin(authorization string) string {
	token := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.open) >= maxSessions {
		s.sweep()
	}
	s.open[token] = session{authorization, s.now().Add(sessionTime)}
	return token
}

// sweep drops what is over, and where nothing is, one that ends first.
func (s *sessions) sweep() {
	oldest, now := "", s.now()
	for token, held := range s.open {
		if held.until.Before(now) {
			delete(s.open, token)
		} else if oldest == "" || held.until.Before(s.open[oldest].until) {
			oldest = token
		}
	}
	if len(s.open) >= maxSessions {
		delete(s.open, oldest)
	}
}

// credentials are those of a token's handshake.
func (s *sessions) credentials(token string) (authorization string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held, ok := s.open[token]
	return held.authorization, ok && s.now().Before(held.until)
}
