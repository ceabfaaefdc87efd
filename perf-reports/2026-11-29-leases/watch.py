import sys,socket,time,base64,re
port,end=int(sys.argv[1]),int(sys.argv[2])
body=b'{"create_request":{"key":"%s","range_end":"%s"}}'%(base64.b64encode(b'lease/'),base64.b64encode(b'lease0'))
s=socket.create_connection(('127.0.0.1',port)); s.sendall(b'POST /v3/watch HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s'%(len(body),body))
s.settimeout(1); seen=[]; 
tail=b''
while time.time()<end+30 and sum(c for _,c in seen)<int(__import__('os').environ['COUNT']):
    try: d=s.recv(1<<20)
    except TimeoutError: continue
    if not d: break
    t=time.time(); d=tail+d; c=d.count(b'"DELETE"'); tail=d[-7:] if not d.endswith(b'"DELETE"') else b''
    if c: seen.append((t-end,c))
total=sum(c for _,c in seen)
cum=0; marks={}
for t,c in seen:
    cum+=c
    for q in (0.01,0.1,0.25,0.5,0.75,0.9,1.0):
        if q not in marks and cum>=q*total: marks[q]=t
print(f'{total} deletes; first {seen[0][0]:.3f} s, '+', '.join(f'{int(q*100)} % by {t:.3f}' for q,t in marks.items()))
