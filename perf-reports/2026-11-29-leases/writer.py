# open loop, 200 writes a second on 4 connections
import sys,socket,time,threading
port,a,b,end=int(sys.argv[1]),int(sys.argv[2]),int(sys.argv[3]),int(sys.argv[4])
body=b'{"key":"d3JpdGVy","value":"eA=="}'; req=b'POST /v3/kv/put HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s'%(len(body),body)
res=[]
def run(k):
    s=socket.create_connection(('127.0.0.1',port)); i=0
    while True:
        due=a+(i*4+k)/200; i+=1
        if due>b: return
        d=due-time.time()
        if d>0: time.sleep(d)
        start=time.time(); s.sendall(req); r=s.recv(65536); assert b' 200 ' in r[:20],r
        res.append((due,time.time()-start,time.time()-due))
ts=[threading.Thread(target=run,args=(k,)) for k in range(4)]; [t.start() for t in ts]; [t.join() for t in ts]
def q(l,p): l=sorted(l); return l[min(len(l)-1,int(p*len(l)))]*1000 if l else 0
calm=[x[2] for x in res if x[0]<end-1]; storm=[x[2] for x in res if end<=x[0]<end+1.5]
for n,l in (('calm',calm),('while they end',storm)): print(f'writes {n}: {len(l)}, p50 {q(l,.5):.2f} p99 {q(l,.99):.2f} max {q(l,1):.2f} ms')
